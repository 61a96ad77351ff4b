package mayfly;

import java.util.ArrayList;
import java.util.List;
import scala.collection.Iterator;
import scala.collection.immutable.Nil$;

/** Scala's lists from Java's and back; Scala's own converters differ between 2.12 and 2.13. */
final class ScalaLists {
  private ScalaLists() {}

  @SuppressWarnings("unchecked") // Nil is a list of anything.
  static <T> scala.collection.immutable.List<T> of(List<? extends T> items) {
    Object list = Nil$.MODULE$;
    for (int i = items.size() - 1; i >= 0; i--) {
      list = ((scala.collection.immutable.List<T>) list).$colon$colon(items.get(i));
    }
    return (scala.collection.immutable.List<T>) list;
  }

  static <T> List<T> from(scala.collection.immutable.List<? extends T> items) {
    List<T> list = new ArrayList<>();
    for (Iterator<? extends T> i = items.iterator(); i.hasNext(); ) list.add(i.next());
    return list;
  }
}
