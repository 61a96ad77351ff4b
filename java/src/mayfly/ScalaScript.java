package mayfly;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Runs a Scala file: spark-submit --class mayfly.ScalaScript mayfly.jar FILE [ARGUMENTS]. It is
 * compiled as a whole, so a mistake in its last line shows before its first line has run.
 */
public final class ScalaScript {
  private ScalaScript() {}

  public static void main(String[] args) throws Throwable {
    useUtf8();
    if (args.length == 0) throw fail("no Scala file was named");
    String text = read(args[0]);
    Path classes = temporaryFolder();
    ClassLoader parent = Thread.currentThread().getContextClassLoader();
    String path = args[0].startsWith("file:") ? URI.create(args[0]).getPath() : args[0];
    List<String> objects = new ScalaCompiler(classPath(parent), classes).compile(path, text);
    if (objects == null) throw fail(args[0] + " does not compile; nothing of it was run");

    // As spark-shell does it: executors in other processes fetch classes from the driver.
    System.setProperty("spark.repl.class.outputDir", classes.toString());
    String file = Paths.get(path).getFileName().toString();
    if (ScalaScript.class.getName().equals(System.getProperty("spark.app.name"))) {
      System.setProperty("spark.app.name", file);
    }
    ClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, parent);
    Thread.currentThread().setContextClassLoader(loader);
    Method main = main(objects, loader, file);
    try {
      Object module = main.getDeclaringClass().getField("MODULE$").get(null);
      main.invoke(module, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Method main(List<String> objects, ClassLoader loader, String file)
      throws ClassNotFoundException {
    Map<String, Method> found = new TreeMap<>();
    for (String name : objects) {
      try {
        Class<?> type = Class.forName(name + "$", false, loader);
        String simple = name.substring(name.lastIndexOf('.') + 1);
        found.put(simple, type.getMethod("main", String[].class));
      } catch (NoSuchMethodException e) {
        continue; // One of the others, then.
      }
    }
    String wanted = found.size() == 1 ? found.keySet().iterator().next() : file.split("\\.")[0];
    if (found.containsKey(wanted)) return found.get(wanted);
    throw fail(found.isEmpty()
        ? file + " has neither statements nor an object with a main method: nothing to run"
        : file + " has a main method in each of " + String.join(", ", found.keySet())
            + "; name the file after the one to run");
  }

  private static String read(String script) throws IOException {
    try {
      byte[] bytes;
      if (script.matches("[A-Za-z][A-Za-z0-9+.-]+:.*")) {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(script);
        FileSystem files = path.getFileSystem(SparkHadoopUtil.get().conf());
        bytes = new byte[(int) files.getFileStatus(path).getLen()];
        try (InputStream in = files.open(path)) {
          IOUtils.readFully(in, bytes, 0, bytes.length);
        }
      } else {
        bytes = Files.readAllBytes(Paths.get(script));
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.replaceFirst("^\uFEFF", "").replaceFirst("^#!", "//");
    } catch (IOException e) {
      throw fail("cannot read " + script + ": " + e);
    }
  }

  private static Path temporaryFolder() throws IOException {
    Path folder = Files.createTempDirectory("mayfly-scala-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Collections.reverseOrder()).forEach(file -> file.toFile().delete());
      } catch (IOException e) {
        return; // It is the system's temporary folder: others clean there too.
      }
    }));
    return folder;
  }

  /** What the driver has: Spark's own jars, and those of --jars and --packages. */
  private static List<String> classPath(ClassLoader loader) throws URISyntaxException {
    List<String> entries = new ArrayList<>();
    entries.add(System.getProperty("java.class.path"));
    for (ClassLoader at = loader; at != null; at = at.getParent()) {
      if (!(at instanceof URLClassLoader)) continue;
      for (URL url : ((URLClassLoader) at).getURLs()) {
        if (url.getProtocol().equals("file")) entries.add(Paths.get(url.toURI()).toString());
      }
    }
    return entries;
  }

  /** Java would print in the encoding of the locale, and "?" for what LANG=C does not know. */
  private static void useUtf8() throws IOException {
    System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8"));
    System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, "UTF-8"));
    scala.Console$.MODULE$.setOutDirect(System.out);
    scala.Console$.MODULE$.setErrDirect(System.err);
  }

  /** Ends the JVM: nothing of the user's has started, so there is nothing that a trace explains. */
  private static Error fail(String message) {
    System.err.println("mayfly: " + message);
    System.exit(1);
    return new Error(message);
  }
}
