// A script in the style of spark-shell: statements at the top, `spark`, `sc` and `args` at hand.
// Expects two arguments, the first is printed; the second says how to end.
import java.io.PrintWriter
import org.apache.spark.sql.Dataset

val greeting = "grüß"
println(s"$greeting ${args(0)}")

case class P(a: Int)
object P { val unit = 1 }
val points = Seq(P(1), P(2)).toDS()
points.map(_.a + 1).show()

// Closures take what they use, and nothing else: the writer cannot be serialized.
val log = new PrintWriter(System.out, true)
val factor = args(0).length
var offset = 1
def scaled(x: Int): Int = x * factor + offset
println("sum " + sc.parallelize(1 to 4).map(scaled).sum())
println("map " + points.map(p => scaled(p.a)).collect().mkString(","))
val plus = udf((x: Int) => x + factor)
log.println("udf " + points.select(plus($"a")).as[Int].collect().sum)

// What spark-shell imports, and a name that is defined again.
sql("select 1 as one").createOrReplaceTempView("ones")
val data = spark.table("ones")
val data = points.toDF("one").union(data).filter(col("one") > 0)
val (low, high) = (1, 2)
println(s"rows ${data.count} $low $high")

def describe[T](set: Dataset[T]): String = set.count match {
  case 0 => "none"
  case n => s"$n"
}
println("described " + describe(points) + " " + P.unit)

args.lift(1) match {
  case Some("throw") => sys.error("as asked")
  case Some(code) => sys.exit(code.toInt)
  case None => println("end")
}
