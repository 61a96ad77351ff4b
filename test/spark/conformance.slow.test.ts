import "../support/spark/fast-spark.ts";
import { conformance } from "../conformance/suite.ts";

conformance("local");
