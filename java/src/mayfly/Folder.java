package mayfly;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;

/** The folder behind one URI: turns names into files that are certainly inside of it. */
final class Folder {
  private final URI uri;
  private final Configuration conf;
  private final boolean hdfs;
  private volatile Path base;

  Folder(URI uri, Configuration conf) throws IOException {
    this.uri = uri;
    this.conf = conf;
    hdfs = "hdfs".equals(uri.getScheme());
    base = find();
  }

  private Path find() throws IOException {
    if (!hdfs) return Buckets.folder(uri, conf);
    String root = conf.getRaw("fs.mayfly.hdfs.root");
    if (root == null) throw new IOException("no folder for hdfs: fs.mayfly.hdfs.root is not set");
    if (!Files.isDirectory(Paths.get(root))) Files.createDirectories(Paths.get(root));
    return Paths.get(root).toRealPath();
  }

  boolean isRoot(Path file) {
    return file.equals(base);
  }

  /** The file of that name, if the name itself stays inside; links are not looked at. */
  Path named(URI name) throws IOException {
    if (!hdfs && !name.getAuthority().equals(uri.getAuthority())) {
      // Hadoop keeps one FileSystem for names that differ in case; S3 knows lower case only.
      throw new FileNotFoundException("NoSuchBucket: " + shown(name) + " is not in " + uri
          + ", and Hadoop cannot tell buckets apart whose names differ only in case");
    }
    Path file = base.resolve(name.getPath().substring(1)).normalize();
    boolean up = Arrays.asList(name.getPath().split("/")).contains("..");
    if (up || !file.startsWith(base)) throw outside(name);
    return file;
  }

  /** The file of that name; the nearest thing that exists on the way to it is really inside. */
  Path local(URI name) throws IOException {
    Path file = named(name);
    confine(file, name);
    return file;
  }

  void confine(Path file, URI name) throws IOException {
    for (Path known = file; known != null; known = known.getParent()) {
      try {
        if (known.toRealPath().startsWith(base)) return;
        throw outside(name);
      } catch (AccessDeniedException e) {
        throw e;
      } catch (FileSystemException e) { // Does not exist, or not below a folder.
        if (Files.isSymbolicLink(known)) {
          throw new FileNotFoundException(shown(name) + " is a broken link");
        }
        if (known.equals(base)) base = find(); // Removed under us: complains, or makes it anew.
      }
    }
  }

  private static IOException outside(URI name) {
    return new AccessControlException("AccessDenied: " + shown(name)
        + " leads out of its folder, by '..' or by a link; nothing was touched");
  }

  BasicFileAttributes attributes(URI name) throws IOException {
    Path file = local(name);
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) {
      throw new FileNotFoundException("File does not exist: " + shown(name));
    }
  }

  /** What listings show of a file: a broken link too, since reading it shall fail, not skip it. */
  static BasicFileAttributes listed(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (FileSystemException e) {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** As people write it: Java drops the slashes of hdfs:///x and encodes spaces. */
  static String shown(URI name) {
    String authority = name.getAuthority() == null ? "" : name.getAuthority();
    return name.getScheme() + "://" + authority + name.getPath();
  }
}
