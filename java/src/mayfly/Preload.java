package mayfly;

import java.lang.reflect.Method;

/**
 * What most programs need of Spark and what takes long the first time, done in a thread of its own while
 * Python starts and the context is made: classes are loaded, parsers and generators set up. Nothing of it
 * stays but that; what another version of Spark does not have is left out.
 */
final class Preload implements Runnable {
  static void start() {
    Thread thread = new Thread(new Preload(), "mayfly-preload");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    if (Runtime.getRuntime().availableProcessors() < 2) return;
    attempt(() -> analyze("select sum(id), upper(s) from values (1, 'a') as t(id, s) group by s"));
    attempt(() -> load(
        "org.apache.spark.sql.internal.SharedState",
        "org.apache.spark.sql.internal.SessionState",
        "org.apache.spark.sql.internal.BaseSessionStateBuilder",
        "org.apache.spark.sql.execution.SparkPlanner",
        "org.apache.spark.sql.execution.QueryExecution$",
        "org.apache.spark.sql.execution.adaptive.AdaptiveSparkPlanExec",
        "org.apache.spark.sql.execution.WholeStageCodegenExec$",
        "org.apache.spark.sql.execution.aggregate.HashAggregateExec",
        "org.apache.spark.sql.execution.datasources.DataSource$",
        "org.apache.spark.sql.execution.exchange.ShuffleExchangeExec$"));
  }

  /** Parser, analyzer, optimizer and code generation, none of which needs a session. */
  private static void analyze(String query) throws Exception {
    Object parser = module("org.apache.spark.sql.catalyst.parser.CatalystSqlParser$");
    Object plan = call(parser, "parsePlan", query);
    Object analyzer = module("org.apache.spark.sql.catalyst.analysis.SimpleAnalyzer$");
    Object analyzed = call(analyzer, "execute", plan);
    Object optimizer = module("org.apache.spark.sql.catalyst.optimizer.SimpleTestOptimizer$");
    Object optimized = call(optimizer, "execute", analyzed);
    Object generator =
        module("org.apache.spark.sql.catalyst.expressions.codegen.GenerateUnsafeProjection$");
    Object output = call(optimized, "output");
    call(generator, "generate", output, output);
  }

  private static void load(String... names) {
    for (String name : names) {
      try {
        Class.forName(name);
      } catch (ClassNotFoundException | LinkageError other) {
        // another version of Spark
      }
    }
  }

  private static Object module(String name) throws Exception {
    return Class.forName(name).getField("MODULE$").get(null);
  }

  private static Object call(Object target, String name, Object... arguments) throws Exception {
    for (Method method : target.getClass().getMethods()) {
      if (!method.getName().equals(name) || method.getParameterCount() != arguments.length) continue;
      if (fits(method.getParameterTypes(), arguments)) return method.invoke(target, arguments);
    }
    throw new NoSuchMethodException(name);
  }

  private static boolean fits(Class<?>[] types, Object[] arguments) {
    for (int i = 0; i < types.length; i++) if (!types[i].isInstance(arguments[i])) return false;
    return true;
  }

  private interface Attempt {
    void make() throws Exception;
  }

  private static void attempt(Attempt one) {
    try {
      one.make();
    } catch (Exception | LinkageError none) {
      if (System.getenv("MAYFLY_DEBUG") != null) none.printStackTrace();
    }
  }
}
