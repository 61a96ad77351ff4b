import type { Progress } from "../model/event.ts";

interface StageData {
  status: string;
  stageId: number;
  name: string;
  numTasks: number;
  numActiveTasks: number;
  numCompleteTasks: number;
  numFailedTasks: number;
}

/** What a running application is at. Never `withSummaries`: it costs the driver seconds. */
export async function readProgress(
  ui: string,
  app: string,
  signal: AbortSignal,
): Promise<Progress | undefined> {
  const stages = (await getJson(`${ui}/api/v1/applications/${app}/stages?status=active`, signal)) as
    | StageData[]
    | undefined;
  if (!Array.isArray(stages)) return undefined;
  return {
    stages: stages
      .map((stage) => ({
        id: stage.stageId,
        name: stage.name,
        done: stage.numCompleteTasks,
        active: stage.numActiveTasks,
        failed: stage.numFailedTasks,
        total: stage.numTasks,
      }))
      .sort((a, b) => a.id - b.id),
  };
}

/** The applications that a Spark UI on this address serves. */
export async function readApps(ui: string, signal: AbortSignal): Promise<string[]> {
  const apps = (await getJson(`${ui}/api/v1/applications`, signal, 20_000)) as
    | { id: string }[]
    | undefined;
  return Array.isArray(apps) ? apps.map((app) => app.id) : [];
}

/** Undefined for whatever goes wrong: a driver that is busy or gone is no reason to stop. */
function getJson(url: string, signal: AbortSignal, timeout = 2000): Promise<unknown> {
  // An import of node:http would touch each of its names, and with them load a whole WebSocket client.
  const { get } = process.getBuiltinModule("node:http");
  return new Promise((resolve) => {
    const request = get(url, { timeout, signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("error", () => resolve(undefined));
      response.on("end", () => {
        try {
          resolve(response.statusCode === 200 ? JSON.parse(text) : undefined);
        } catch {
          resolve(undefined);
        }
      });
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
  });
}
