import { Command } from 'commander'
import { addAccountCommands } from './accounts.ts'
import { addBackupCommand } from './backup.ts'
import { addDoctorCommand } from './doctor/command.ts'
import { addEnginesCommand } from './engines.ts'
import { addKeysCommand } from './keys.ts'
import { addListenCommand } from './listen.ts'
import { addMigrateCommand } from './migrate.ts'
import { fail } from './report.ts'
import { addRunCommand } from './run/command.ts'
import { addServeCommand, addWorkerCommand } from './serve.ts'
import { addExportCommand, addImportCommand } from './transfer.ts'
import { packageVersion } from '../app/package-version.ts'

/** Each command is a file of its own that adds itself. */
const COMMANDS = [
  addServeCommand,
  addWorkerCommand,
  addRunCommand,
  addKeysCommand,
  addEnginesCommand,
  addDoctorCommand,
  addAccountCommands,
  addListenCommand,
  addMigrateCommand,
  addBackupCommand,
  addExportCommand,
  addImportCommand,
]

/** Runs the command line. Faults become one readable message and exit code 1. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const program = new Command('afterimage')
    .description('Image-to-image platform that speaks the Krea API')
    .version(packageVersion())
  for (const add of COMMANDS) add(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    fail(error)
  }
}
