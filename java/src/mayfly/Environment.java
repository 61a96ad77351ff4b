package mayfly;

import java.lang.reflect.Field;
import java.util.Map;

/** The environment of this process, as it and the processes that it starts from now on see it. */
final class Environment {
  private Environment() {}

  /** Java has no way for this; the map behind the one that it shows is where new processes get theirs from. */
  @SuppressWarnings("unchecked")
  static void replace(Map<String, String> wanted) throws ReflectiveOperationException {
    Map<String, String> shown = System.getenv();
    if (shown.equals(wanted)) return;
    Field behind = shown.getClass().getDeclaredField("m");
    behind.setAccessible(true);
    Map<String, String> variables = (Map<String, String>) behind.get(shown);
    variables.keySet().retainAll(wanted.keySet());
    variables.putAll(wanted);
  }
}
