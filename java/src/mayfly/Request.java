package mayfly;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a {@link Driver} is to run: variables of the environment, system properties, and the arguments of
 * spark-submit. Its file holds them parted by NUL, the first two with their number in front.
 */
final class Request {
  final Map<String, String> environment;
  final Map<String, String> properties;
  final String[] arguments;

  private Request(String[] words) {
    int variables = Integer.parseInt(words[0]);
    environment = pairs(words, 1, variables);
    int at = 1 + variables;
    int names = Integer.parseInt(words[at]);
    properties = pairs(words, at + 1, names);
    arguments = Arrays.copyOfRange(words, at + 1 + names, words.length);
  }

  static Request read(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    // The last word ends with a NUL too, so that an empty one is not lost.
    return new Request(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private static Map<String, String> pairs(String[] words, int from, int count) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String word : Arrays.copyOfRange(words, from, from + count)) {
      int equals = word.indexOf('=', 1);
      found.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return found;
  }

  /** What stands in the file that spark-submit is given. */
  Map<String, String> settings() throws IOException {
    Map<String, String> found = new TreeMap<>();
    int at = Arrays.asList(arguments).indexOf("--properties-file");
    if (at < 0) return found;
    Properties read = new Properties();
    try (Reader reader = Files.newBufferedReader(Paths.get(arguments[at + 1]), StandardCharsets.UTF_8)) {
      read.load(reader);
    }
    for (String name : read.stringPropertyNames()) found.put(name, read.getProperty(name));
    return found;
  }
}
