/** `afterimage credits` and `afterimage accounts`: what an account may spend, how long it keeps things, how many jobs run. */
import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { AfterimageError } from '../core/errors.ts'
import { dollars } from '../core/money.ts'
import type { StateStore } from '../core/ports.ts'
import { parseUsd } from '../wire/usd.ts'
import { addStateFlags, type StateOptions as Options, withStore } from './state-place.ts'

export function addAccountCommands(program: Command): void {
  addSettings(program)
  const credits = program
    .command('credits')
    .description('what accounts may spend; unlimited until credits are added')
  add(
    credits,
    'add <account> <usd>',
    'add credits (or take, with a minus); from then on they limit the account',
  ).action((account: string, usd: string, options: Options) =>
    withStore(options, (state) => addCredits(state, account, usd)),
  )
  add(credits, 'show <account>', 'show the balance').action((account: string, options: Options) =>
    withStore(options, (state) => show(state, account)),
  )
  add(credits, 'unlimited <account>', 'let the balance limit the account no more').action(
    (account: string, options: Options) =>
      withStore(options, async (state) => {
        await state.ledger.setPrepaid(account, false)
        await show(state, account)
      }),
  )
}

const MAX_SECONDS = 315_360_000

function addSettings(program: Command): void {
  const accounts = program.command('accounts').description('settings of an account')
  add(accounts, 'concurrency <account> <jobs>', 'how many of its jobs run at once; 0 pauses it').action(
    (account: string, text: string, options: Options) =>
      withStore(options, (state) => setConcurrency(state, account, text)),
  )
  add(
    accounts,
    'retention <account> <seconds>',
    'how long it keeps what it makes now; "server": as long as all others',
  ).action((account: string, text: string, options: Options) =>
    withStore(options, (state) => setRetention(state, account, text)),
  )
}

async function setRetention(state: StateStore, accountId: string, text: string): Promise<void> {
  const seconds = text === 'server' ? null : Number(/^\d{1,9}$/u.test(text) ? text : 0)
  if (seconds !== null && (seconds < 60 || seconds > MAX_SECONDS))
    throw new AfterimageError(
      'invalid_request',
      `retention: found "${text.slice(0, 40)}"; expected seconds from 60 to ${MAX_SECONDS}, or "server".`,
    )
  await state.setRetention(accountId, seconds)
  console.log(`${accountId}: ${seconds === null ? 'the setting of the server' : `${seconds} s`}`)
}

const MAX_RUNNING = 1000

async function setConcurrency(state: StateStore, accountId: string, text: string): Promise<void> {
  const jobs = /^\d{1,4}$/u.test(text) ? Number(text) : MAX_RUNNING + 1
  if (jobs > MAX_RUNNING)
    throw new AfterimageError(
      'invalid_request',
      `concurrency: found "${text.slice(0, 40)}"; expected a whole number of jobs from 0 to ${MAX_RUNNING}.`,
    )
  await state.setConcurrency(accountId, jobs)
  console.log(`${accountId}: ${jobs} at once`)
}

function add(parent: Command, usage: string, description: string): Command {
  // A negative amount must not be read as a flag.
  return addStateFlags(parent.command(usage).description(description)).allowUnknownOption(
    usage.includes('<usd>'),
  )
}

async function addCredits(state: StateStore, accountId: string, usd: string): Promise<void> {
  const amount = parseUsd(usd.replace(/^-/u, ''))
  if (amount === null)
    throw new AfterimageError(
      'invalid_request',
      `credits: found "${usd.slice(0, 40)}"; expected US dollars like 25 or 0.50.`,
    )
  await state.ledger.addCredit({
    id: randomUUID(),
    accountId,
    microUsd: usd.startsWith('-') ? 0 - amount : amount,
  })
  await show(state, accountId)
}

async function show(state: StateStore, accountId: string): Promise<void> {
  const { isPrepaid, microUsd } = await state.ledger.getBalance(accountId)
  console.log(
    `${accountId}: ${dollars(microUsd)}${isPrepaid ? '' : ' (unlimited: the balance is not checked)'}`,
  )
}
