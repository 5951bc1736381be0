/** Flags of the command line, from the same table as the environment. */
import type { Command } from 'commander'
import type { Config, Flags } from '../config.ts'
import { readConfig } from '../config.ts'

/** Adds the flags that every command which touches the data folder takes. */
export function addDataFlag(command: Command): Command {
  return command.option('--data-dir <folder>', 'folder of the database and the images (AFTERIMAGE_DATA_DIR)')
}

/**
 * The settings of this process.
 * @throws AfterimageError `invalid_request` that lists every faulty setting
 */
export function readSettings(flags: Flags): Config {
  const config = readConfig(process.env, flags)
  for (const warning of config.warnings) console.error(`afterimage: ${warning}`)
  return config
}
