import { whyNoPostgres } from '../support/postgres.ts'
import { testFailpoints } from './failpoints.ts'

testFailpoints('Postgres', (await whyNoPostgres(true)) ?? false)
