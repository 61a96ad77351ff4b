import { forcedExitCode, systemIo } from "./io.ts";
import { main } from "./main.ts";

// Everything is awaited in main; leaving by exitCode lets the last words reach a slow pipe.
const code = await main(process.argv.slice(2), systemIo);
process.exitCode = forcedExitCode() ?? code;
