import { systemIo } from "./io.ts";
import { main } from "./main.ts";

// Everything is awaited in main; leaving by exitCode lets the last words reach a slow pipe.
process.exitCode = await main(process.argv.slice(2), systemIo);
