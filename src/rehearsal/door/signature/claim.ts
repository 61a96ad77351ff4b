import { refuse } from "../problem.ts";
import { type Asked, hasTwice, headerOf, pairsOf } from "../request.ts";
import { ALGORITHM, isS3, type Scope } from "./canonical.ts";

/** What a request says of who made it, when, and with what signature: nothing of it is verified yet. */
export interface Claim {
  accessKey: string;
  scope: Scope;
  signedHeaders: string[];
  signature: string;
  /** YYYYMMDDTHHMMSSZ */
  date: string;
  token: string | undefined;
  /** Seconds; of a link only. */
  expires: number | undefined;
}

export function readClaim(asked: Asked): Claim {
  const authorization = headerOf(asked, "authorization");
  const inQuery = /(?:^|&)X-Amz-(?:Algorithm|Signature|Credential)=/.test(asked.query);
  if (authorization !== undefined && inQuery) {
    // S3 API reference, "Error responses": InvalidArgument with just these words.
    throw refuse("onlyOneMechanism", "Only one auth mechanism allowed");
  }
  if (hasTwice(asked, "authorization")) {
    throw refuse("malformed", "The authorization header is given twice");
  }
  if (authorization !== undefined) return fromHeader(asked, authorization);
  if (inQuery) return fromQuery(asked);
  throw refuse("noToken", "Missing Authentication Token");
}

function fromHeader(asked: Asked, text: string): Claim {
  const [algorithm = "", ...rest] = text.split(/\s+/);
  if (algorithm !== ALGORITHM) {
    throw refuse(
      "mechanism",
      `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
    );
  }
  const parts = new Map<string, string>();
  for (const part of rest.join("").split(",")) {
    const mark = part.indexOf("=");
    const name = part.slice(0, Math.max(mark, 0));
    if (parts.has(name)) throw refuse("malformed", `Authorization header names '${name}' twice.`);
    parts.set(name, part.slice(mark + 1));
  }
  const missing = ["Credential", "SignedHeaders", "Signature"].filter((name) => !parts.get(name));
  if (missing.length > 0) {
    throw refuse(
      "incomplete",
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "),
    );
  }
  if (hasTwice(asked, "x-amz-date")) throw refuse("incomplete", "X-Amz-Date is given twice");
  const date = readDate(headerOf(asked, "x-amz-date") ?? headerOf(asked, "date"));
  return {
    ...readCredential(parts.get("Credential") ?? "", "malformed"),
    signedHeaders: readSigned(parts.get("SignedHeaders") ?? ""),
    signature: parts.get("Signature") ?? "",
    date,
    token: headerOf(asked, "x-amz-security-token"),
    expires: undefined,
  };
}

/** A week; the S3 API reference says it of X-Amz-Expires. */
const LONGEST = 604_800;

function fromQuery(asked: Asked): Claim {
  const pairs = pairsOf(asked.query);
  if (!pairs) throw refuse("badUri", "Couldn't parse the specified URI.");
  const one = (name: string): string => {
    const found = pairs.filter(([key]) => key === name);
    if (found.length === 1 && found[0]?.[1]) return found[0][1];
    throw refuse(
      "badQuery",
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  if (one("X-Amz-Algorithm") !== ALGORITHM) {
    throw refuse("badQuery", `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const known = readCredential(one("X-Amz-Credential"), "badQuery");
  const tokens = pairs.filter(([key]) => key === "X-Amz-Security-Token");
  if (tokens.length > 1) throw refuse("badQuery", "X-Amz-Security-Token is given twice");
  // Only S3 has links that hold for a while; others take a signature in the query for five minutes.
  const asksExpires = isS3(known.scope.service) || pairs.some(([key]) => key === "X-Amz-Expires");
  const expires = asksExpires ? one("X-Amz-Expires") : "300";
  if (!/^\d{1,9}$/.test(expires)) throw refuse("badQuery", "X-Amz-Expires should be a number");
  if (Number(expires) > LONGEST) {
    throw refuse(
      "badQuery",
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  return {
    ...known,
    signedHeaders: readSigned(one("X-Amz-SignedHeaders")),
    signature: one("X-Amz-Signature"),
    date: readDate(one("X-Amz-Date")),
    token: tokens[0]?.[1],
    expires: Number(expires),
  };
}

function readCredential(text: string, how: "malformed" | "badQuery") {
  const parts = text.split("/");
  const [accessKey = "", day = "", region = "", service = "", end = ""] = parts;
  const bad = (why: string) =>
    refuse(how, `The authorization header is malformed; the Credential is mal-formed; ${why}`);
  if (parts.length !== 5) {
    throw bad('expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  if (!/^\w{4,128}$/.test(accessKey)) throw bad("the access key is not one.");
  if (!/^\d{8}$/.test(day)) throw bad(`incorrect date format "${day}".`);
  if (!/^[a-z0-9-]{2,40}$/.test(region)) throw bad(`the region '${region}' is wrong.`);
  if (!/^[a-z0-9][a-z0-9.-]{0,60}$/.test(service)) throw bad(`incorrect service "${service}".`);
  if (end !== "aws4_request") throw bad(`incorrect terminal "${end}". Expected "aws4_request".`);
  return { accessKey, scope: { day, region, service } };
}

function readSigned(text: string): string[] {
  const names = text.split(";");
  const sorted = names.every((name, i) => i === 0 || (names[i - 1] ?? "") < name);
  // "Header names must use lowercase characters, must appear in alphabetical order".
  if (!sorted || names.some((name) => !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name))) {
    throw refuse("signature", "SignedHeaders are lower-case names in alphabetical order");
  }
  return names;
}

function readDate(text: string | undefined): string {
  if (text === undefined) {
    throw refuse(
      "noDate",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const time = /^\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(time)) {
    throw refuse("noDate", `Date must be in ISO-8601 'basic format'. Got '${text}'.`);
  }
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Of `YYYYMMDDTHHMMSSZ`; NaN for a day that no calendar has. */
export function timeOf(date: string): number {
  return Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
}
