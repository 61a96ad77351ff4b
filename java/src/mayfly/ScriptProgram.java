package mayfly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import scala.Function1;
import scala.reflect.internal.Trees.Bind;
import scala.reflect.internal.Trees.Block;
import scala.reflect.internal.Trees.CaseDef;
import scala.reflect.internal.Trees.ClassDef;
import scala.reflect.internal.Trees.DefDef;
import scala.reflect.internal.Trees.DefTree;
import scala.reflect.internal.Trees.Ident;
import scala.reflect.internal.Trees.Import;
import scala.reflect.internal.Trees.Literal;
import scala.reflect.internal.Trees.MemberDef;
import scala.reflect.internal.Trees.ModuleDef;
import scala.reflect.internal.Trees.PackageDef;
import scala.reflect.internal.Trees.Template;
import scala.reflect.internal.Trees.Tree;
import scala.reflect.internal.Trees.TypeDef;
import scala.reflect.internal.Trees.ValDef;
import scala.runtime.BoxedUnit;

/**
 * Makes a program of the statements of a script, by moving syntax trees: they keep their places,
 * so that compiler messages and stack traces show the user's lines.
 *
 * <p>Statements become the body of a method: a closure then takes along exactly the values it
 * uses, where the fields of an object would arrive empty on executors. But Spark cannot encode a
 * class that is local to a method, so definitions that need no value of the script (nor anything
 * that does) move out of it, into the object.
 */
final class ScriptProgram {
  static final String NAME = "Script";
  /** What spark-shell imports. In an outer scope, so that a script may use each name anew. */
  private static final String FRAME =
      "object ScriptSession {\n"
      + "  lazy val spark = org.apache.spark.sql.SparkSession.builder().getOrCreate()\n"
      + "  lazy val sc = spark.sparkContext\n"
      + "  def sql(query: String) = spark.sql(query)\n"
      + "}\n"
      + "import ScriptSession._\n"
      + "import ScriptSession.spark.implicits._\n"
      + "import org.apache.spark.SparkContext._\n"
      + "import org.apache.spark.sql.functions._\n"
      + "object " + NAME + " { def main(args: Array[String]): Unit = { sc; sc.stop() } }\n";

  private final ScalaCompiler compiler;
  /** The classes that had to stay in the method, each with the names that keep it there. */
  final Map<String, Set<String>> localClasses = new TreeMap<>();
  private int renamed;

  ScriptProgram(ScalaCompiler compiler) {
    this.compiler = compiler;
  }

  /** Whether there is a statement that only a script can have at its top. */
  static boolean isScript(List<Tree> trees) {
    return trees.stream().anyMatch(tree -> !(tree instanceof ClassDef || tree instanceof ModuleDef
        || tree instanceof Import || tree instanceof PackageDef || tree.isEmpty()));
  }

  Tree of(List<Tree> statements) {
    Set<Tree> moved = movable(statements);
    List<Tree> outside = new ArrayList<>();
    List<Tree> inside = new ArrayList<>();
    Set<String> local = new HashSet<>();
    for (Tree statement : statements) {
      (moved.contains(statement) ? outside : inside).add(statement);
      local.add(name(statement));
    }
    PackageDef frame = compiler.parse(FRAME);
    List<Tree> parts = ScalaLists.from(frame.stats());
    ModuleDef object = (ModuleDef) parts.remove(parts.size() - 1);
    Template template = object.impl();
    List<Tree> members = ScalaLists.from(template.body());
    DefDef main = (DefDef) members.remove(members.size() - 1);
    Block body = (Block) main.rhs();
    // A script that makes its own session or context must find that none has been made.
    boolean makesOwn = local.contains("spark") || local.contains("sc");
    List<Tree> all = makesOwn ? new ArrayList<>() : ScalaLists.from(body.stats());
    all.addAll(nest(inside, body));
    members.addAll(outside);
    members.add(main.copy(main.mods(), main.name(), main.tparams(), main.vparamss(), main.tpt(),
        body.copy(ScalaLists.of(all), makesOwn ? unit() : body.expr())));
    parts.add(object.copy(object.mods(), object.name(),
        template.copy(template.parents(), template.self(), ScalaLists.of(members))));
    return frame.copy(frame.pid(), ScalaLists.of(parts));
  }

  /** The definitions that need nothing of what the script computes, directly or by others. */
  private Set<Tree> movable(List<Tree> statements) {
    Map<String, Integer> times = new HashMap<>();
    for (Tree statement : statements) times.merge(key(statement), 1, Integer::sum);
    Set<Tree> moved = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tree statement : statements) {
      boolean definition = statement instanceof ValDef ? isConstant((ValDef) statement)
          : statement instanceof MemberDef;
      boolean once = times.get(key(statement)) == 1;
      if (statement instanceof Import || definition && once) moved.add(statement);
    }
    while (keepBack(statements, moved)) continue;
    return moved;
  }

  /** Literals; and what each executor makes for itself, such as a logger. */
  private static boolean isConstant(ValDef value) {
    return value.rhs() instanceof Literal && !value.mods().isMutable()
        || value.mods().isLazy() && value.mods().annotations().toString().contains("transient");
  }

  /** Removes what depends on something that is not moved; false if there was nothing. */
  private boolean keepBack(List<Tree> statements, Set<Tree> moved) {
    Set<String> local = new HashSet<>();
    local.add("args");
    for (Tree statement : statements) if (!moved.contains(statement)) local.add(name(statement));
    local.remove("");
    int before = moved.size();
    boolean unsure = false; // Does a local import or implicit give a meaning to what follows?
    for (Tree statement : statements) {
      Set<String> names = free(statement);
      names.add(name(statement)); // A class stays with its companion.
      names.retainAll(local);
      if (!names.isEmpty() || unsure && statement instanceof DefDef) {
        boolean removed = moved.remove(statement);
        if (removed && statement instanceof ClassDef) localClasses.put(name(statement), names);
      }
      if (moved.contains(statement)) continue;
      // The implicits of the script's own session are the ones that are imported outside too.
      unsure |= statement instanceof Import
          && !((Import) statement).expr().toString().endsWith(".implicits")
          || statement instanceof MemberDef && ((MemberDef) statement).mods().isImplicit();
    }
    return moved.size() < before;
  }

  /** The names that a tree uses and does not bind itself. */
  private static Set<String> free(Tree tree) {
    Set<String> names = new HashSet<>();
    if (tree instanceof Ident) names.add(((Ident) tree).name().toString());
    List<Tree> children = ScalaLists.from(tree.children());
    for (Tree child : children) names.addAll(free(child));
    for (Tree child : children) if (child instanceof DefTree) names.remove(name(child));
    if (tree instanceof CaseDef) {
      ((CaseDef) tree).pat().foreach((Function1<Tree, BoxedUnit>) part -> {
        if (part instanceof Bind) names.remove(name(part));
        return BoxedUnit.UNIT;
      });
    }
    return names;
  }

  /**
   * In spark-shell a name can be defined again, even by its former value. So the rest of the
   * statements becomes a block in the block, where the new value hides the old one.
   */
  private List<Tree> nest(List<Tree> statements, Block model) {
    List<Tree> block = new ArrayList<>();
    Set<String> defined = new HashSet<>();
    for (int i = 0; i < statements.size(); i++) {
      Tree statement = statements.get(i);
      if (statement instanceof MemberDef && !defined.add(key(statement))) {
        List<Tree> rest = new ArrayList<>(statements.subList(i, statements.size()));
        if (statement instanceof ValDef) block.add(rename((ValDef) statement, rest));
        block.add(model.copy(ScalaLists.of(nest(rest, model)), unit()));
        break;
      }
      block.add(statement);
    }
    return block;
  }

  /** {@code val x = f(x)} becomes {@code val y = f(x)}, which is returned, {@code val x = y}. */
  private ValDef rename(ValDef value, List<Tree> rest) {
    String name = name(value) + "$again" + ++renamed;
    ValDef again = (ValDef) compiler.parseStatement("val " + name + " = " + name);
    rest.set(0, value.copy(value.mods(), value.name(), value.tpt(), again.rhs()));
    return value.copy(again.mods(), again.name(), value.tpt(), value.rhs());
  }

  private Tree unit() {
    return compiler.parseStatement("()");
  }

  private static String name(Tree tree) {
    return tree instanceof DefTree ? ((DefTree) tree).name().toString() : "";
  }

  /** Types and values do not disturb each other. */
  private static String key(Tree tree) {
    return (tree instanceof ClassDef || tree instanceof TypeDef ? "type " : "") + name(tree);
  }
}
