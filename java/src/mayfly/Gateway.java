package mayfly;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import org.apache.spark.SparkConf;
import org.apache.spark.api.python.Py4JServer;

/**
 * Where a Python program meets its JVM, as PySpark's own gateway, but for its end: it comes with the next
 * line of the {@link Driver}'s input, and the JVM can serve another program.
 */
public final class Gateway {
  private Gateway() {}

  public static void main(String[] args) throws IOException {
    Py4JServer server = new Py4JServer(new SparkConf());
    server.start();
    tell(Paths.get(args[0]), server.getListeningPort(), server.secret());
    if (Driver.readLine() == null) System.exit(0);
    server.shutdown();
  }

  /** As PySpark reads it from its own gateway: the port, the length of the secret, the secret. */
  private static void tell(Path file, int port, String secret) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    byte[] word = secret.getBytes(StandardCharsets.UTF_8);
    data.writeInt(port);
    data.writeInt(word.length);
    data.write(word);
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.write(whole, bytes.toByteArray());
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
