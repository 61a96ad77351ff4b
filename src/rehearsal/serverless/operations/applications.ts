import { sparkOfRelease } from "../../../spark/releases.ts";
import { compareVersions } from "../../../spark/versions.ts";
import { validation } from "../../protocol/errors.ts";
import type { Application, ApplicationSettings } from "../application.ts";
import { findApplication, type Paged, pageOf, requireState } from "../find.ts";
import { applicationArn, newId } from "../ids.ts";
import { madeBefore, tokenOf } from "../tokens.ts";
import { summaryOfApplication, viewApplication } from "../view.ts";
import type { Serverless } from "../world.ts";

type Request = Partial<ApplicationSettings> & {
  clientToken: string;
  tags?: Record<string, string>;
};

/** In public logs of Airflow's operator. */
const BY_USER = "User initiated.";

export function applicationOperations(world: Serverless) {
  const { applications, applicationLife, runLife, where, now } = world;
  const find = ({ applicationId }: { applicationId: string }) =>
    findApplication(world, applicationId);

  return {
    CreateApplication(request: Request & { releaseLabel: string; type: string }) {
      const token = tokenOf(request);
      const before = madeBefore(applications.all(), token);
      if (before) return created(before);
      requireEngine(request.type, request.releaseLabel);
      const { clientToken: _, tags = {}, ...settings } = request;
      const application: Application = {
        id: newId("application"),
        ...where,
        settings: { architecture: "X86_64", ...settings, ...automatic(settings) },
        state: "CREATING",
        details: "",
        times: { created: now(), updated: now() },
        tags,
        token,
      };
      applications.save(application);
      applicationLife.resume(application);
      return created(application);
    },
    GetApplication: (asked: { applicationId: string }) => ({
      application: viewApplication(find(asked)),
    }),
    ListApplications(asked: Paged & { states?: string[] }) {
      // EMR Serverless's guide, "Application states": one that is terminated is not listed.
      const fitting = applications
        .all()
        .filter(({ state }) => asked.states?.includes(state) ?? state !== "TERMINATED");
      const { items, more } = pageOf(fitting, asked);
      return { applications: items.map(summaryOfApplication), ...more };
    },
    UpdateApplication({
      clientToken: _,
      applicationId,
      ...changes
    }: Request & { applicationId: string }) {
      const application = find({ applicationId });
      requireState(application, "CREATED", "STOPPED");
      const { settings } = application;
      const changed = { ...settings, ...changes };
      requireEngine(changed.type, changed.releaseLabel);
      application.settings = { ...changed, ...automatic(changed) };
      application.times.updated = now();
      applications.save(application);
      return { application: viewApplication(application) };
    },
    DeleteApplication(asked: { applicationId: string }) {
      const application = find(asked);
      requireState(application, "CREATED", "STOPPED");
      application.state = "TERMINATED";
      application.details = "";
      application.times.updated = now();
      applications.save(application);
    },
    StartApplication(asked: { applicationId: string }) {
      const application = find(asked);
      if (application.state === "STARTED" || application.state === "STARTING") return;
      // emr-cli's bootstrap starts what it has just created.
      if (!/^(CREATING|CREATED|STOPPED)$/.test(application.state))
        throw cannot("STARTED", "CREATED, STOPPED");
      applicationLife.start(application, BY_USER);
    },
    StopApplication(asked: { applicationId: string }) {
      const application = find(asked);
      if (!/^(STARTING|STARTED)$/.test(application.state))
        throw cannot("STOPPED", "STARTING, STARTED");
      // apache/airflow#30757: "It is not possible to stop an application that has running jobs"; the words are our own.
      if (runLife.isBusy(application))
        throw validation(
          `Application ${application.id} cannot be stopped: it has job runs that are not over. Cancel them first.`,
        );
      applicationLife.stop(application, BY_USER);
    },
  };
}

const created = (application: Application) => ({
  applicationId: application.id,
  ...(application.settings.name === undefined ? {} : { name: application.settings.name }),
  arn: applicationArn(application),
});

/** gchq/sleeper#1212. */
const cannot = (state: string, from: string) =>
  validation(
    `Application cannot be ${state}. Applications must be in one of the following statuses: [${from}]`,
  );

/** EMR Serverless's guide, "Understanding application behavior": both on, after 15 minutes. */
function automatic(settings: Partial<ApplicationSettings>) {
  return {
    autoStartConfiguration: {
      ...settings.autoStartConfiguration,
      enabled: settings.autoStartConfiguration?.enabled ?? true,
    },
    autoStopConfiguration: {
      enabled: settings.autoStopConfiguration?.enabled ?? true,
      idleTimeoutMinutes: settings.autoStopConfiguration?.idleTimeoutMinutes ?? 15,
    },
  };
}

/** Serverless begins with emr-6.6.0 (its release notes). Moto's words, as its authors have recorded them. */
function requireEngine(type: string, label: string): void {
  if (!/^(SPARK|HIVE)$/i.test(type)) throw validation(`Unsupported engine ${type}`);
  const [, version] = /^emr-(?:spark-)?(\d+\.\d+\.\d+)$/.exec(label) ?? [];
  if (
    sparkOfRelease(label) === undefined ||
    version === undefined ||
    compareVersions(version, "6.6.0") < 0
  )
    throw validation(
      `Type '${type}' is not supported for release label '${label}' or release label does not exist`,
    );
}
