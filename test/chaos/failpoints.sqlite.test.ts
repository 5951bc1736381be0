import { testFailpoints } from './failpoints.ts'

testFailpoints('SQLite')
