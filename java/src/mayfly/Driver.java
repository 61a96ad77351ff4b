package mayfly;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Properties;
import org.apache.hadoop.fs.FileSystem;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils$;

/**
 * A driver's JVM that is told on its input what to run: "go FILE" for a program that may be followed by
 * another one, "last FILE" for one whose end is the end of the JVM. FILE is a {@link Request}, removed when
 * its program has ended. "rest" is said where nothing comes for a while. When the input ends, so does the JVM.
 */
public final class Driver {
  private static final Properties ORIGINAL = (Properties) System.getProperties().clone();
  private static boolean used;

  private Driver() {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("preload")) Preload.start();
    for (String line = readLine(); line != null; line = readLine()) {
      if (line.equals("rest")) {
        rest();
        continue;
      }
      Path file = Paths.get(line.substring(line.indexOf(' ') + 1));
      Request request = Request.read(file);
      prepare(request);
      SparkSubmit.main(request.arguments);
      if (line.startsWith("last ")) return;
      forget();
      Files.deleteIfExists(file);
    }
    System.exit(0); // non-daemon threads of a program do not outlive whoever asked for it
  }

  /** Null at the end of the input. Read byte by byte: what follows the line is not ours. */
  static String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = System.in.read(); next != '\n'; next = System.in.read()) {
      if (next < 0) return null;
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8.name());
  }

  private static void prepare(Request request) throws Exception {
    Environment.replace(request.environment);
    System.setProperties((Properties) ORIGINAL.clone());
    System.getProperties().putAll(request.properties);
    String log = request.properties.get("log4j2.configurationFile");
    if (log != null && !log.equals(ORIGINAL.getProperty("log4j2.configurationFile"))) {
      Configurator.reconfigure(URI.create(log));
    }
    if (!used) {
      used = true;
      return;
    }
    // Made once for each JVM, from the settings of the first program.
    request.settings().forEach((name, value) -> {
      if (name.startsWith("spark.hadoop.")) {
        SparkHadoopUtil.get().conf().set(name.substring("spark.hadoop.".length()), value);
      }
    });
    Utils$.MODULE$.clearLocalRootDirs();
  }

  /** What the exercises needed goes back to the system. */
  private static void rest() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    String[] names = {"MinHeapFreeRatio", "MaxHeapFreeRatio"};
    String[] before = new String[names.length];
    try {
      for (int i = 0; i < names.length; i++) before[i] = machine.getVMOption(names[i]).getValue();
      machine.setVMOption(names[0], "8");
      machine.setVMOption(names[1], "18");
    } catch (IllegalArgumentException none) {
      // another collector: it has its own ways
    }
    System.gc();
    for (int i = names.length - 1; i >= 0; i--) {
      if (before[i] != null) machine.setVMOption(names[i], before[i]);
    }
  }

  /** Nothing of a program stays for the next one. */
  private static void forget() throws IOException {
    scala.Option<SparkContext> context = SparkContext$.MODULE$.getActive();
    if (context.isDefined()) context.get().stop();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    FileSystem.closeAll();
    Thread.currentThread().setContextClassLoader(Driver.class.getClassLoader());
  }
}
