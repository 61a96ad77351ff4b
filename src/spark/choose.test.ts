import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MayflyError } from "../base/errors.ts";
import { chooseSpark, type SparkWish } from "./choose.ts";

const refused = (wish: SparkWish, message: RegExp, remedy = /./) =>
  assert.throws(
    () => chooseSpark(wish),
    (error) =>
      error instanceof MayflyError &&
      error.code === "release" &&
      message.test(error.message) &&
      remedy.test(error.remedy ?? ""),
  );

describe("chooseSpark", () => {
  it("takes EMR 7's when nothing is asked for", () => {
    assert.deepEqual(chooseSpark({}), { version: "3.5.6", asked: "Spark 3.5.6", wished: false });
  });

  for (const [wish, version] of [
    [{ release: "emr-7.12.0" }, "3.5.6"],
    [{ release: "7.12.0" }, "3.5.6"],
    [{ release: " EMR-7.1.0 " }, "3.5.0"],
    [{ release: "emr-7.9.0-latest" }, "3.5.5"],
    [{ release: "emr-6.12.0" }, "3.4.0"],
    [{ release: "emr-spark-8.0.0" }, "4.0.2"],
    [{ spark: "3.5" }, "3.5.9"],
    [{ spark: "3" }, "3.5.9"],
    [{ spark: "4" }, "4.3.0"],
    [{ spark: "3.4.2" }, "3.4.2"],
    [{ spark: "v4.0.1" }, "4.0.1"],
    [{ spark: "3.5.6-amzn-1" }, "3.5.6"],
    [{ spark: "9.8.7" }, "9.8.7"],
    [{ release: "emr-7.12.0", spark: "3.5" }, "3.5.6"],
    [{ release: "emr-7.12.0", spark: "3.5.6" }, "3.5.6"],
  ] as [SparkWish, string][]) {
    it(`${JSON.stringify(wish)} is Spark ${version}`, () => {
      const chosen = chooseSpark({ ...wish, strict: true });
      assert.equal(chosen.version, version);
      assert.equal(chosen.note, undefined);
    });
  }

  it("runs an older one on the oldest that runs, and says so", () => {
    const chosen = chooseSpark({ release: "emr-5.28.0" });
    assert.equal(chosen.version, "3.4.4");
    assert.equal(chosen.asked, "emr-5.28.0");
    assert.match(chosen.note ?? "", /emr-5.28.0 has Spark 2.4.4.*Spark 3.4.4/);
    for (const spark of ["2.4", "3.3", "3.3.2", "2", "3.1"]) {
      const one = chooseSpark({ spark });
      assert.equal(one.version, "3.4.4");
      assert.match(one.note ?? "", new RegExp(`^Spark ${spark} does not run`));
    }
  });

  it("refuses an older one when told to be strict", () => {
    refused({ release: "emr-5.28.0", strict: true }, /emr-5.28.0 has Spark 2.4.4/, /run on EMR/);
    refused({ spark: "3.3.2", strict: true }, /Spark 3.3.2 does not run/);
  });

  it("refuses what does not exist, with the nearest that does", () => {
    refused(
      { release: "emr-7.21.0" },
      /no EMR release "emr-7.21.0"/,
      /did you mean .*"emr-7.11.0"/,
    );
    refused({ release: "emr_7_12_0" }, /"emr_7_12_0"/, /"emr-7.12.0"/);
    refused({ release: "emr-9.9.0" }, /"emr-9.9.0"/, /labels look like emr-7/);
    refused({ release: "latest" }, /"latest"/, /emr-7/);
    refused({ release: "" }, /""/);
    refused({ spark: "3.6" }, /no Spark "3.6"/, /"3.5"|"3.4"/);
    refused({ spark: "latest" }, /no Spark "latest"/, /3.4, 3.5/);
    refused({ spark: "three" }, /"three"/);
    refused({ spark: "" }, /""/);
  });

  it("refuses a release and a number that disagree", () => {
    refused({ release: "emr-7.12.0", spark: "3.4" }, /"emr-7.12.0" has Spark 3.5.6.*"3.4"/);
    refused({ release: "emr-7.12.0", spark: "3.5.5" }, /disagree/);
    refused({ release: "emr-5.28.0", spark: "3.4.4" }, /disagree/);
  });
});
