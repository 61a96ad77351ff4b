package mayfly;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * s3://, s3a://, s3n:// and hdfs:// as plain folders: a bucket is a folder (see Buckets), all of
 * hdfs:// is one folder whatever its authority. Nothing is read or written outside of it.
 */
public class FolderFileSystem extends FileSystem {
  private final RawLocalFileSystem raw = new RawLocalFileSystem();
  private URI uri;
  private Folder folder;
  private String user;
  private Path workingDirectory;

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    setConf(conf);
    raw.initialize(URI.create("file:///"), conf);
    String authority = name.getRawAuthority();
    uri = URI.create(name.getScheme() + "://" + (authority == null ? "/" : authority));
    folder = new Folder(uri, conf);
    user = conf.get("fs.mayfly.hdfs.user", System.getProperty("user.name"));
    workingDirectory = getHomeDirectory();
  }

  @Override
  public String getScheme() {
    return uri.getScheme();
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public Path getHomeDirectory() {
    return makeQualified(new Path("/user/" + user));
  }

  @Override
  public Path getWorkingDirectory() {
    return workingDirectory;
  }

  @Override
  public void setWorkingDirectory(Path path) {
    workingDirectory = makeQualified(path);
  }

  /** None: the default would look up a bucket's name as the name of a host. */
  @Override
  public String getCanonicalServiceName() {
    return null;
  }

  private boolean isHdfs() {
    return "hdfs".equals(getScheme());
  }

  /** One cluster has many addresses (hdfs:///, its name, its IP): here they are the same tree. */
  @Override
  protected void checkPath(Path path) {
    if (!isHdfs() || !"hdfs".equals(path.toUri().getScheme())) super.checkPath(path);
  }

  private Path absolute(Path path) {
    checkPath(path);
    Path absolute = makeQualified(path);
    return absolute.toUri().getPath().isEmpty() ? new Path(absolute, "/") : absolute;
  }

  private java.nio.file.Path local(Path path) throws IOException {
    return folder.local(absolute(path).toUri());
  }

  private String shown(Path path) {
    return Folder.shown(absolute(path).toUri());
  }

  private static Path raw(java.nio.file.Path file) {
    return new Path("file", null, file.toString());
  }

  /** Everybody may do everything, as S3A reports too; Hive insists on such a scratch folder. */
  private FileStatus status(Path path, BasicFileAttributes file) {
    boolean isFolder = file.isDirectory();
    long block = isHdfs() ? 128L << 20 : 32L << 20; // Defaults of dfs.blocksize, fs.s3a.block.size
    return new FileStatus(isFolder ? 0 : file.size(), isFolder, 1, block,
        file.lastModifiedTime().toMillis(), 0,
        isFolder ? FsPermission.getDirDefault() : FsPermission.getFileDefault(), user, user, path);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    Path absolute = absolute(path);
    return status(absolute, folder.attributes(absolute.toUri()));
  }

  /** In the order of names, as HDFS and S3 list, so that first() is the same here and there. */
  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus self = getFileStatus(path);
    if (self.isFile()) return new FileStatus[] {self};
    java.nio.file.Path parent = local(path);
    String[] names = parent.toFile().list();
    if (names == null) throw new IOException("cannot list " + shown(path));
    Arrays.sort(names);
    List<FileStatus> found = new ArrayList<>(names.length);
    for (String name : names) {
      // Made of parts, since a colon in the name would be taken for the end of a scheme.
      Path child = new Path(self.getPath(), new Path(null, null, name));
      try {
        found.add(status(child, Folder.listed(parent.resolve(name))));
      } catch (FileSystemException e) {
        continue; // Removed while we listed.
      }
    }
    return found.toArray(new FileStatus[0]);
  }

  private Path existingFile(Path path) throws IOException {
    if (getFileStatus(path).isFile()) return raw(local(path));
    throw new FileNotFoundException(shown(path) + " is a folder, not a file");
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    return raw.open(existingFile(path), buffer);
  }

  @Override
  public FSDataOutputStream append(Path path, int buffer, Progressable p) throws IOException {
    return raw.append(existingFile(path), buffer, p);
  }

  @Override
  public boolean truncate(Path path, long length) throws IOException {
    return raw.truncate(existingFile(path), length);
  }

  @Override
  public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite,
      int buffer, short replication, long block, Progressable progress) throws IOException {
    java.nio.file.Path file = local(path);
    if (Files.isDirectory(file)) throw new FileAlreadyExistsException(shown(path) + " is a folder");
    raw.mkdirs(raw(file.getParent()));
    try { // Of several that create a file which must be new, one succeeds.
      if (!overwrite) Files.createFile(file);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(shown(path) + " already exists");
    }
    FSDataOutputStream out = raw.create(raw(file), true, buffer, replication, block, progress);
    Outputs.record(absolute(path), getConf());
    return out;
  }

  @Override
  public FSDataOutputStream createNonRecursive(Path path, FsPermission permission,
      EnumSet<CreateFlag> flags, int buffer, short replication, long block, Progressable progress)
      throws IOException {
    getFileStatus(absolute(path).getParent());
    return create(path, permission, flags.contains(CreateFlag.OVERWRITE), buffer, replication,
        block, progress);
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    return raw.mkdirs(raw(local(path)));
  }

  /** A root is emptied and stays, as a bucket does. A link goes itself, not what it points to. */
  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    URI name = absolute(path).toUri();
    java.nio.file.Path file = folder.named(name);
    boolean root = folder.isRoot(file);
    folder.confine(root ? file : file.getParent(), name);
    if (Files.isSymbolicLink(file) && !root) return Files.deleteIfExists(file);
    String[] children = file.toFile().list();
    if (children != null && children.length > 0 && !recursive) {
      throw new PathIsNotEmptyDirectoryException(shown(path));
    }
    if (!root) return raw.delete(raw(file), recursive);
    boolean done = true;
    for (String child : children) {
      done &= delete(new Path(absolute(path), new Path(null, null, child)), true);
    }
    return done;
  }

  /**
   * Answers as HDFS does, false where others throw (Hadoop's filesystem.md, "boolean rename"):
   * into a folder that exists; never onto a file (HADOOP-13823: nor does S3A) nor below itself.
   * A missing parent is refused on hdfs:// and made on s3://, as the same page says of S3A.
   */
  @Override
  public boolean rename(Path from, Path to) throws IOException {
    java.nio.file.Path source = local(from);
    java.nio.file.Path target = local(to);
    if (!Files.exists(source) || folder.isRoot(source)) return false;
    if (source.equals(target)) return true;
    if (Files.isDirectory(target)) target = target.resolve(source.getFileName());
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) || target.startsWith(source)) return false;
    java.nio.file.Path parent = target.getParent();
    if (isHdfs() ? !Files.isDirectory(parent) : !raw.mkdirs(raw(parent))) return false;
    return raw.rename(raw(source), raw(target));
  }

  /** FileContext's rename; replaces a file in one step, which streaming checkpoints rely on. */
  @Override
  @SuppressWarnings("deprecation") // Deprecated for callers: FileContext has no other.
  protected void rename(Path from, Path to, Options.Rename... options) throws IOException {
    java.nio.file.Path source = local(from);
    java.nio.file.Path target = local(to);
    boolean overwrite = Arrays.asList(options).contains(Options.Rename.OVERWRITE);
    if (overwrite && Files.isRegularFile(source) && Files.isRegularFile(target)) {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      super.rename(from, to, options);
    }
  }
}
