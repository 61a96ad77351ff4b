import assert from "node:assert/strict";
import { test } from "node:test";
import { makeKeys } from "../keys.ts";
import type { Asked } from "../request.ts";
import { sha256, signingKey } from "./canonical.ts";
import { readChunks } from "./chunks.ts";
import { readClaim, timeOf } from "./claim.ts";
import { verifyLinkV2 } from "./link-v2.ts";
import { verify } from "./verify.ts";

/** Signatures that AWS published, made by nobody's code in this project. */

const S3_KEYS = makeKeys({
  accessKey: "AKIAIOSFODNN7EXAMPLE",
  secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
});
const S3_SCOPE = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
const EMPTY = sha256("");
const PUT_HASH = sha256("Welcome to Amazon S3.");

type Example = [
  name: string,
  request: string,
  headers: Record<string, string>,
  signed: string,
  signature: string,
];

/** S3 API reference, "Signature Calculations for the Authorization Header", and of chunks. */
const S3: Example[] = [
  [
    "GET Object",
    "GET /test.txt",
    { range: "bytes=0-9", "x-amz-content-sha256": EMPTY },
    "host;range;x-amz-content-sha256;x-amz-date",
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  ],
  [
    "PUT Object",
    "PUT /test$file.text",
    {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": PUT_HASH,
    },
    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  ],
  [
    "GET Bucket Lifecycle",
    "GET /?lifecycle",
    { "x-amz-content-sha256": EMPTY },
    "host;x-amz-content-sha256;x-amz-date",
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  ],
  [
    "Get Bucket (List Objects)",
    "GET /?max-keys=2&prefix=J",
    { "x-amz-content-sha256": EMPTY },
    "host;x-amz-content-sha256;x-amz-date",
    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  ],
];

function asS3([, request, headers]: Example): Asked {
  const [method = "", url = ""] = request.split(" ");
  const [path = "", query = ""] = url.split("?");
  const all = {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    ...headers,
  };
  return { method, path, query, headers: Object.entries(all) };
}

for (const example of S3) {
  test(`S3 API reference: ${example[0]}`, () => {
    const [, , , signed, signature] = example;
    const asked = asS3(example);
    asked.headers.push([
      "authorization",
      `AWS4-HMAC-SHA256 Credential=${S3_SCOPE},SignedHeaders=${signed},Signature=${signature}`,
    ]);
    verify(asked, readClaim(asked), S3_KEYS, Date.UTC(2013, 4, 24));
  });
}

test("S3 API reference: a presigned link", () => {
  const asked: Asked = {
    method: "GET",
    path: "/test.txt",
    query: `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(S3_SCOPE)}&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404`,
    headers: [["host", "examplebucket.s3.amazonaws.com"]],
  };
  verify(asked, readClaim(asked), S3_KEYS, Date.UTC(2013, 4, 24, 23, 59));
  const late = Date.UTC(2013, 4, 25, 0, 0, 1);
  assert.throws(() => verify(asked, readClaim(asked), S3_KEYS, late), /Request has expired/);
});

test("S3 user guide: a link of version 2", () => {
  const asked: Asked = {
    method: "GET",
    path: "/photos/puppy.jpg",
    query:
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
    headers: [["host", "johnsmith.s3.amazonaws.com"]],
  };
  verifyLinkV2(asked, "johnsmith", S3_KEYS, 1_175_139_620_000);
  assert.throws(() => verifyLinkV2(asked, "johnsmith", S3_KEYS, 1_175_139_621_000), /expired/);
  assert.throws(() => verifyLinkV2(asked, "other", S3_KEYS, 0), /does not match/);
});

const CHUNKED = {
  host: "s3.amazonaws.com",
  "x-amz-date": "20130524T000000Z",
  "x-amz-storage-class": "REDUCED_REDUNDANCY",
  "content-encoding": "aws-chunked",
  "x-amz-decoded-content-length": "66560",
};
const DATA = [Buffer.alloc(65_536, "a"), Buffer.alloc(1024, "a"), Buffer.alloc(0)];

function chunked(signatures: string[], end: string): Buffer {
  return Buffer.concat([
    ...DATA.flatMap((data, i) => [
      Buffer.from(`${data.length.toString(16)};chunk-signature=${signatures[i]}\r\n`),
      data,
      Buffer.from(data.length > 0 ? "\r\n" : ""),
    ]),
    Buffer.from(end),
  ]);
}

const PLAIN = {
  seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  body: chunked(
    [
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ],
    "\r\n",
  ),
};
const TRAILER = {
  seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  body: chunked(
    [
      "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
      "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
      "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ],
    "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
  ),
};

function reader(seed: string, trailer: boolean) {
  const scope = { day: "20130524", region: "us-east-1", service: "s3" };
  const key = signingKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope);
  return readChunks({
    signing: { key, date: "20130524T000000Z", scope, seed },
    trailer,
    length: 66_560,
  });
}

for (const [name, example, trailer] of [
  ["chunks", PLAIN, false],
  ["chunks with a trailer", TRAILER, true],
] as const) {
  test(`S3 API reference: ${name}`, () => {
    for (const size of [1 << 20, 1000, 7]) {
      const chunks = reader(example.seed, trailer);
      for (let at = 0; at < example.body.length; at += size) {
        chunks.take(example.body.subarray(at, at + size));
      }
      chunks.end();
    }
  });

  test(`${name}: one changed byte anywhere is not accepted`, () => {
    const { body, seed } = example;
    const places = [0, 3, 20, 80, 100, 5000, 65_700, 66_000, 66_700, body.length - 100];
    for (const at of [...places, body.length - 5, body.length - 1]) {
      const changed = Buffer.from(body);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const chunks = reader(seed, trailer);
      assert.throws(() => {
        chunks.take(changed);
        chunks.end();
      }, `byte ${at}`);
    }
    for (const cut of [1, 2, 3, 90, 1000, 66_000]) {
      const chunks = reader(seed, trailer);
      assert.throws(() => {
        chunks.take(body.subarray(0, body.length - cut));
        chunks.end();
      }, `cut ${cut}`);
    }
    const more = reader(seed, trailer);
    assert.throws(() => more.take(Buffer.concat([body, Buffer.from("x")])));
  });
}

test("S3 API reference: the headers of the chunked examples", () => {
  for (const [kind, more, seed] of [
    ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", { "content-length": "66824" }, PLAIN.seed],
    [
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
      { "x-amz-trailer": "x-amz-checksum-crc32c" },
      TRAILER.seed,
    ],
  ] as const) {
    const headers = { ...CHUNKED, ...more, "x-amz-content-sha256": kind };
    const signed = Object.keys(headers).sort().join(";");
    const authorization = `AWS4-HMAC-SHA256 Credential=${S3_SCOPE}, SignedHeaders=${signed}, Signature=${seed}`;
    const asked: Asked = {
      method: "PUT",
      path: "/examplebucket/chunkObject.txt",
      query: "",
      headers: Object.entries({ ...headers, authorization }),
    };
    verify(asked, readClaim(asked), S3_KEYS, Date.UTC(2013, 4, 24));
  }
});

/** The signature version 4 test suite; its names stand first. */
const SUITE: [string, string, string[], string, string][] = [
  [
    "get-vanilla",
    "GET /",
    [],
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-relative",
    "GET /example/..",
    [],
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-relative-relative",
    "GET /example1/example2/../..",
    [],
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-slash",
    "GET //",
    [],
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-slash-dot-slash",
    "GET /./",
    [],
    "",
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "get-slashes",
    "GET //example//",
    [],
    "",
    "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
  ],
  [
    "get-slash-pointless-dot",
    "GET /./example",
    [],
    "",
    "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
  ],
  [
    "get-utf8",
    "GET /ሴ",
    [],
    "",
    "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
  ],
  [
    "get-space",
    "GET /example space/",
    [],
    "",
    "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
  ],
  [
    "get-unreserved",
    "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    [],
    "",
    "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
  ],
  [
    "get-vanilla-query-order-key-case",
    "GET /?Param2=value2&Param1=value1",
    [],
    "",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  [
    "get-vanilla-empty-query-key",
    "GET /?Param1=value1",
    [],
    "",
    "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
  ],
  [
    "get-vanilla-utf8-query",
    "GET /?ሴ=bar",
    [],
    "",
    "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
  ],
  [
    "get-header-key-duplicate",
    "GET /",
    ["my-header1:value2", "my-header1:value2", "my-header1:value1"],
    "",
    "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
  ],
  [
    "get-header-value-order",
    "GET /",
    ["my-header1:value4", "my-header1:value1", "my-header1:value3", "my-header1:value2"],
    "",
    "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
  ],
  [
    "get-header-value-trim",
    "GET /",
    ["my-header1: value1", 'my-header2: "a   b   c"'],
    "",
    "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  ],
  [
    "post-vanilla",
    "POST /",
    [],
    "",
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
  [
    "post-vanilla-query",
    "POST /?Param1=value1",
    [],
    "",
    "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
  ],
  [
    "post-header-key-sort",
    "POST /",
    ["my-header1:value1"],
    "",
    "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
  ],
  [
    "post-x-www-form-urlencoded",
    "POST /",
    ["content-type:application/x-www-form-urlencoded"],
    "Param1=value1",
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
];

for (const [name, request, headers, body, signature] of SUITE) {
  test(`signature version 4 test suite: ${name}`, () => {
    const asked = asSuite("service", "example.amazonaws.com", request, headers, signature);
    const keys = makeKeys({
      accessKey: "AKIDEXAMPLE",
      secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    });
    verify(asked, readClaim(asked), keys, timeOf("20150830T123600Z"), sha256(body));
    assert.throws(() =>
      verify(asked, readClaim(asked), keys, timeOf("20150830T123600Z"), sha256(`${body} `)),
    );
  });
}

test("IAM user guide: ListUsers", () => {
  const asked = asSuite(
    "iam",
    "iam.amazonaws.com",
    "GET /?Action=ListUsers&Version=2010-05-08",
    ["content-type:application/x-www-form-urlencoded; charset=utf-8"],
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  );
  const keys = makeKeys({
    accessKey: "AKIDEXAMPLE",
    secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  });
  verify(asked, readClaim(asked), keys, timeOf("20150830T123600Z"));
});

function asSuite(
  service: string,
  host: string,
  request: string,
  more: string[],
  signature: string,
): Asked {
  const line = Buffer.from(request).toString("latin1");
  const [method = "", url = ""] = [
    line.slice(0, line.indexOf(" ")),
    line.slice(line.indexOf(" ") + 1),
  ];
  const [path = "", query = ""] = url.split("?");
  const headers = [`host:${host}`, "x-amz-date:20150830T123600Z", ...more].map(
    (text): [string, string] => [
      text.slice(0, text.indexOf(":")),
      text.slice(text.indexOf(":") + 1),
    ],
  );
  const signed = [...new Set(headers.map(([name]) => name))].sort().join(";");
  headers.push([
    "authorization",
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
  ]);
  return { method, path, query, headers };
}
