package mayfly;

import java.util.Collection;
import java.util.Locale;

/** Did you mean: the name among some that is nearest to one that was not found. */
final class Names {
  private Names() {}

  /** The nearest candidate, or null when none is close enough to be a slip. */
  static String nearest(String name, Collection<String> candidates) {
    String best = null;
    int limit = Math.max(2, name.length() / 3);
    int bestDistance = Math.min(limit, name.length() - 1) + 1;
    for (String candidate : candidates) {
      // my_data, My-Data and my.data are one name to a person: nothing is nearer.
      int distance = fold(candidate).equals(fold(name)) ? 0 : distance(candidate, name);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }

  /** Levenshtein distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) row[j] = j;
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
