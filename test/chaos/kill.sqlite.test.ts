import { testKills } from './kill.ts'

testKills('SQLite')
