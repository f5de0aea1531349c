import { createHash } from 'node:crypto'
import type { PolicyTable } from './PolicyTable.ts'

/** SHA-256 of a table's content in canonical JSON (keys sorted, no spaces), as hex. */
export function hashPolicyTable(content: Omit<PolicyTable, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([key]) => key !== 'hash')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`
}
