package mayfly;

import java.io.File;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import scala.reflect.internal.Trees.ModuleDef;
import scala.reflect.internal.Trees.PackageDef;
import scala.reflect.internal.Trees.Tree;
import scala.reflect.internal.util.BatchSourceFile;
import scala.reflect.internal.util.SourceFile;
import scala.reflect.io.VirtualFile;
import scala.tools.nsc.CompilationUnits.CompilationUnit;
import scala.tools.nsc.Global;
import scala.tools.nsc.Settings;

/**
 * The Scala compiler that is among Spark's jars, 2.12 or 2.13. Only what both have under the same
 * signature is called here and in ScriptProgram, so that one jar serves both.
 */
final class ScalaCompiler {
  /** A file that starts with a package, after space and comments. */
  private static final Pattern PACKAGE =
      Pattern.compile("(?:\\s+|//.*|/\\*(?s:.*?)\\*/)*+package\\s");

  private final Global global;

  ScalaCompiler(List<String> classPath, Path output) {
    Settings settings = new Settings();
    settings.processArguments(ScalaLists.of(Arrays.asList("-nowarn", "-d", output.toString(),
        "-classpath", String.join(File.pathSeparator, classPath))), true);
    global = Global.apply(settings);
  }

  /** The names of the objects that could be run, or null after errors, which were printed. */
  List<String> compile(String path, String text) throws ReflectiveOperationException {
    Global.Run run = global.new Run();
    String name = Paths.get(path).getFileName().toString();
    SourceFile source = new BatchSourceFile(new VirtualFile(name, path), text.toCharArray());
    // An inner class for Scala, a nested one for javac: it cannot be made in the language.
    CompilationUnit unit = CompilationUnit.class
        .getConstructor(Global.class, SourceFile.class).newInstance(global, source);
    boolean packaged = PACKAGE.matcher(text).lookingAt(); // Never a script; another grammar.
    List<Tree> parsed = packaged ? Collections.singletonList(global.newUnitParser(unit).parse())
        : ScalaLists.from(global.newUnitParser(unit).parseStats());
    if (failed()) return null;
    List<String> objects = new ArrayList<>();
    ScriptProgram program = new ScriptProgram(this);
    if (ScriptProgram.isScript(parsed)) {
      unit.body_$eq(program.of(parsed));
      objects.add(ScriptProgram.NAME);
    } else {
      collectObjects(parsed, "", objects);
    }
    run.compileUnits(ScalaLists.of(Collections.singletonList(unit)), run.phaseNamed("parser"));
    if (!failed()) return objects;
    program.localClasses.forEach((type, names) -> System.err.println("mayfly: note: class " + type
        + " uses " + String.join(", ", names) + " of the script, so it cannot be the type of a"
        + " Dataset; give it what it needs as parameters"));
    return null;
  }

  private boolean failed() {
    return global.reporter().hasErrors();
  }

  private static void collectObjects(List<Tree> trees, String prefix, List<String> objects) {
    for (Tree tree : trees) {
      if (tree instanceof ModuleDef) {
        objects.add(prefix + ((ModuleDef) tree).name().encoded());
      } else if (tree instanceof PackageDef) {
        PackageDef inner = (PackageDef) tree;
        collectObjects(ScalaLists.from(inner.stats()), prefix + inner.pid() + ".", objects);
      }
    }
  }

  /** Parses text of our own, a whole file. */
  PackageDef parse(String text) {
    return (PackageDef) global.newUnitParser(text, "<mayfly>").parse();
  }

  Tree parseStatement(String text) {
    return global.newUnitParser(text, "<mayfly>").parseStats().head();
  }
}
