import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.PrivilegedExceptionAction;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FsShell;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.hdfs.tools.DFSAdmin;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/**
 * A NameNode and a DataNode in one JVM, for as long as its input is open: HdfsServer FOLDER. The first line it
 * says is the address of WebHDFS. Each line it reads is a command of Hadoop's own (USER, fs or admin, arguments;
 * all as in a URL) and is answered with the exit code and what it printed.
 */
public class HdfsServer {
  public static void main(String[] args) throws Exception {
    PrintStream answers = System.out;
    System.setOut(System.err);
    DefaultMetricsSystem.setMiniClusterMode(true);
    Configuration conf = configuration(args[0]);
    NameNode.format(conf);
    NameNode name = NameNode.createNameNode(new String[] {}, conf);
    conf.set("fs.defaultFS", "hdfs://127.0.0.1:" + name.getNameNodeAddress().getPort());
    DataNode.createDataNode(new String[] {}, new HdfsConfiguration(conf));
    while (name.isInSafeMode() || name.getNamesystem().getNumLiveDataNodes() == 0) Thread.sleep(20);
    answers.println("http://127.0.0.1:" + name.getHttpAddress().getPort());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
    for (String line; (line = in.readLine()) != null; ) answers.println(answer(line, conf));
    Runtime.getRuntime().halt(0);
  }

  private static Configuration configuration(String folder) {
    Configuration conf = new HdfsConfiguration();
    conf.set("hadoop.tmp.dir", folder);
    conf.set("fs.defaultFS", "hdfs://127.0.0.1:0");
    conf.set("dfs.namenode.http-address", "127.0.0.1:0");
    conf.set("dfs.datanode.address", "127.0.0.1:0");
    conf.set("dfs.datanode.http.address", "127.0.0.1:0");
    conf.set("dfs.datanode.ipc.address", "127.0.0.1:0");
    conf.set("dfs.datanode.hostname", "127.0.0.1");
    conf.set("dfs.namenode.safemode.extension", "0");
    conf.set("dfs.replication", "1");
    // Files of a few blocks, without writing gigabytes.
    conf.set("dfs.blocksize", "16m");
    conf.set("fs.trash.interval", "60");
    // Nothing here is to outlive a loss of power.
    conf.set("dfs.namenode.edits.noeditlogchannelflush", "true");
    // How long a DataNode sleeps until the NameNode knows of a block.
    conf.set("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10");
    return conf;
  }

  private static String answer(String line, Configuration conf) throws Exception {
    String[] words = line.split(" ");
    for (int i = 0; i < words.length; i++) words[i] = URLDecoder.decode(words[i], "UTF-8");
    String[] rest = Arrays.copyOfRange(words, 2, words.length);
    Tool tool = words[1].equals("admin") ? new DFSAdmin(conf) : new FsShell(conf);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    System.setOut(new PrintStream(said, true, "UTF-8"));
    System.setErr(System.out);
    try {
      PrivilegedExceptionAction<Integer> run = () -> ToolRunner.run(tool, rest);
      int code = UserGroupInformation.createRemoteUser(words[0]).doAs(run);
      return code + " " + URLEncoder.encode(said.toString("UTF-8"), "UTF-8");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
