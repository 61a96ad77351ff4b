import { MayflyError } from "../base/errors.ts";
import type { Credentials } from "./sign.ts";

/** Who asks AWS, where: from the variables and files that every AWS tool reads. */
export interface Session {
  region: string;
  /** Of a service look-alike; AWS itself where there is none. */
  endpoint(service: string): string | undefined;
  /** Certificates to trust instead of the usual ones, as `AWS_CA_BUNDLE` names them. */
  certificates?: string[];
  /** Undefined for who asks without a name. */
  credentials(): Promise<Credentials | undefined>;
  /** What is known of them holds no more: they are read anew, with what has been signed in since. */
  forget?(): void;
}

export interface SessionWish {
  env?: NodeJS.ProcessEnv;
  region?: string;
  endpoint?: string;
  profile?: string;
  /** Public data needs no name. */
  anonymous?: boolean;
}

export async function openSession(wish: SessionWish = {}): Promise<Session> {
  const env = wish.env ?? process.env;
  const profile = wish.profile ?? env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE;
  const inVariables = !wish.profile && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY;
  const region = wish.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const endpointOf = (service: string) =>
    wish.endpoint ??
    (env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true"
      ? undefined
      : env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL || undefined);
  let known: (Credentials & { expiration?: Date | undefined }) | undefined;
  let again = false;
  return {
    region: region ?? (await regionOfProfile(profile, env)) ?? "us-east-1",
    endpoint: endpointOf,
    ...(env.AWS_CA_BUNDLE ? { certificates: [await readBundle(env.AWS_CA_BUNDLE)] } : {}),
    async credentials() {
      if (wish.anonymous) return undefined;
      const soon = Date.now() + 60_000;
      if (known && (known.expiration?.getTime() ?? Number.POSITIVE_INFINITY) > soon) return known;
      known = inVariables
        ? {
            accessKeyId: env.AWS_ACCESS_KEY_ID ?? "",
            secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
            sessionToken: env.AWS_SESSION_TOKEN || undefined,
          }
        : await fromChain(profile, again);
      return known;
    },
    forget() {
      known = undefined;
      again = true;
    },
  };
}

async function readBundle(file: string): Promise<string> {
  const { readIfThere } = await import("../base/files.ts");
  const text = readIfThere(file);
  if (text !== undefined) return text;
  throw new MayflyError(
    "missing",
    `cannot read AWS_CA_BUNDLE "${file}": it does not exist`,
    "it names a file of certificates; unset it to trust the usual ones",
  );
}

/** Profiles, single sign-on, roles, processes, the instance's own: the SDK's way, loaded only here. */
async function fromChain(profile: string | undefined, ignoreCache: boolean) {
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  try {
    return await defaultProvider({
      ...(profile === undefined ? {} : { profile }),
      // It keeps the files that it has read once.
      ignoreCache,
    })();
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new MayflyError(
      "missing",
      `cannot find AWS credentials: ${why}`,
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or read public data with --no-sign-request",
      error,
    );
  }
}

async function regionOfProfile(profile: string | undefined, env: NodeJS.ProcessEnv) {
  const { readIfThere } = await import("../base/files.ts");
  const file = env.AWS_CONFIG_FILE ?? `${env.HOME ?? ""}/.aws/config`;
  const title = !profile || profile === "default" ? "default" : `profile ${profile}`;
  const [, section = ""] = (readIfThere(file) ?? "").split(
    new RegExp(`^\\[\\s*${title.replace(/[^\w ]/g, "\\$&")}\\s*\\]`, "m"),
  );
  return /^\s*region\s*=\s*(\S+)/m.exec(section.split(/^\[/m)[0] ?? "")?.[1];
}
