package mayfly;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Tells the host what a run wrote: one line for each folder that a _SUCCESS was put into. */
final class Outputs {
  private Outputs() {}

  /** A single write in append mode, so that the lines of many processes do not mix. */
  static void record(Path created, Configuration conf) throws IOException {
    String list = conf.getRaw("fs.mayfly.outputs");
    if (list == null || !created.getName().equals("_SUCCESS")) return;
    String output = Folder.shown(created.getParent().toUri()).replace("\n", "%0A");
    Files.write(Paths.get(list), (output + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
