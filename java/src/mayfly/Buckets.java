package mayfly;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;

/** Which folder a bucket is, and what to say when there is none. */
final class Buckets {
  /** The folder that holds one folder per bucket. */
  static final String ROOT = "fs.mayfly.s3.root";
  /** Followed by a bucket's name: the folder that is this bucket, wherever it stands. */
  static final String MOUNT = "fs.mayfly.bucket.";

  private Buckets() {}

  /** The real folder of the bucket that a URI names. */
  static Path folder(URI uri, Configuration conf) throws IOException {
    String bucket = name(uri);
    String mount = conf.getRaw(MOUNT + bucket);
    if (mount != null) {
      if (Files.isDirectory(Paths.get(mount))) return Paths.get(mount).toRealPath();
      throw new FileNotFoundException("NoSuchBucket: " + shown(uri, bucket) + " is mounted on "
          + mount + ", which is not a folder");
    }
    Path root = root(conf);
    // Asking for the list, not for the name: some disks answer to a name in another case.
    if (!list(root).contains(bucket)) throw missing(uri, bucket, root, conf);
    Path folder = root.resolve(bucket).toRealPath();
    if (folder.startsWith(root.toRealPath())) return folder;
    throw new AccessControlException("AccessDenied: " + root.resolve(bucket)
        + " is a link to " + folder + ", outside " + root + "; mount that folder as "
        + shown(uri, bucket) + " instead");
  }

  private static String name(URI uri) throws IOException {
    String name = uri.getAuthority();
    if (name == null || name.isEmpty()) {
      throw new IOException("InvalidBucketName: " + uri + " names no bucket; write "
          + uri.getScheme() + "://BUCKET/KEY");
    }
    if (name.contains("@")) { // Possibly keys: what is refused here must not reach a log.
      throw new IOException("InvalidBucketName: a bucket's URI must not carry credentials");
    }
    if (name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}") && !name.contains("..")) return name;
    throw new IOException("InvalidBucketName: '" + name + "' cannot be the name of a bucket");
  }

  private static Path root(Configuration conf) throws IOException {
    String root = conf.getRaw(ROOT);
    if (root == null) throw new IOException("no folder for buckets: " + ROOT + " is not set");
    return Paths.get(root);
  }

  private static Set<String> list(Path root) {
    Set<String> names = new TreeSet<>();
    String[] entries = root.toFile().list();
    for (String name : entries == null ? new String[0] : entries) {
      if (!name.startsWith(".") && Files.isDirectory(root.resolve(name))) names.add(name);
    }
    return names;
  }

  private static IOException missing(URI uri, String bucket, Path root, Configuration conf) {
    Set<String> known = list(root);
    known.addAll(conf.getPropsWithPrefix(MOUNT).keySet());
    String nearest = Names.nearest(bucket, known);
    return new FileNotFoundException("NoSuchBucket: " + shown(uri, bucket) + " does not exist. "
        + (nearest == null ? "" : "Nearest: " + shown(uri, nearest) + ". ")
        + "Buckets here are folders under " + root + "; make one with: mkdir -p "
        + quoted(root.resolve(bucket).toString()));
  }

  private static String shown(URI uri, String bucket) {
    return uri.getScheme() + "://" + bucket;
  }

  private static String quoted(String path) {
    return path.matches("[A-Za-z0-9_./+@%:=,-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
