package mayfly;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * The same folders for Hadoop's newer FileContext, which Structured Streaming asks first for its
 * checkpoints. Without it hdfs:// would reach for a name node, and s3:// lose atomic renames.
 */
public class FolderFs extends DelegateToFileSystem {
  public FolderFs(URI uri, Configuration conf) throws IOException, URISyntaxException {
    super(uri, new FolderFileSystem(), conf, uri.getScheme(), false);
  }

  @Override
  public void renameInternal(Path from, Path to, boolean overwrite) throws IOException {
    ((FolderFileSystem) fsImpl).rename(from, to,
        overwrite ? Options.Rename.OVERWRITE : Options.Rename.NONE);
  }
}
