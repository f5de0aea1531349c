import aggressive from '../../policies/aggressive.json' with { type: 'json' }
import balanced from '../../policies/balanced.json' with { type: 'json' }
import conservative from '../../policies/conservative.json' with { type: 'json' }
import type { PolicyTable } from './PolicyTable.ts'
import { parsePolicyTable } from './parsePolicyTable.ts'

const READY = { conservative, balanced, aggressive }

/** Names of the tables that come with the package. */
export type ReadyTableName = keyof typeof READY

const parsed = new Map<ReadyTableName, PolicyTable>()

/** The policy table that comes solved with the package for a risk tolerance, checked on first use. */
export function policyTable(name: ReadyTableName): PolicyTable {
  const known = parsed.get(name)
  if (known !== undefined) return known
  const table = parsePolicyTable(READY[name])
  parsed.set(name, table)
  return table
}
