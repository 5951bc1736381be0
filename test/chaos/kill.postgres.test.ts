import { whyNoPostgres } from '../support/postgres.ts'
import { testKills } from './kill.ts'

testKills('Postgres', (await whyNoPostgres(true)) ?? false)
