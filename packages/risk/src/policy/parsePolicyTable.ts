import { BaseError, InvalidInputError } from '@plimsoll/domain'
import { hashPolicyTable } from './hashPolicyTable.ts'
import { BAND_UNIT, POLICY_TABLE_VERSION, type PolicyTable } from './PolicyTable.ts'

/** A policy table was changed after it was solved, or damaged. */
export class PolicyTableHashError extends BaseError {
  override readonly code = 'INPUT_POLICY_HASH'
  override readonly recovery = 'halt'

  constructor(p: { readonly found: string; readonly computed: string }) {
    super(
      `Policy table says its hash is ${p.found}, its content has ${p.computed}. Solve it anew or fetch it again; it is not used.`,
    )
  }
}

/** A policy table is of a format this version does not read. */
export class PolicyTableVersionError extends BaseError {
  override readonly code = 'INPUT_POLICY_VERSION'
  override readonly recovery = 'halt'

  constructor(found: unknown) {
    super(
      `Policy table has version ${String(found)}; this build reads ${POLICY_TABLE_VERSION}. Solve it anew.`,
    )
  }
}

const AXES = [
  'liquidationThreshold',
  'targetLnHealth',
  'gasShare',
  'sizeShare',
  'proportionalCost',
  'stress',
  'place',
] as const

/** Axes whose coordinate is a logarithm: above 0, a threshold below 1 too. */
const POSITIVE: readonly string[] = AXES.slice(0, 5)

const REGIME_NUMBERS = [
  'volatility',
  'jumpRate',
  'jumpMean',
  'jumpSd',
  'stayHours',
  'proportionalCost',
  'gasShare',
  'impact',
  'failure',
] as const

/**
 * Checks a policy table from a file: version, keys, shapes, numbers, and last the hash of its content.
 *
 * @param json - text of the file, or what it parses to.
 * @throws {@link PolicyTableVersionError} on another format.
 * @throws {@link InvalidInputError} on unknown, missing or misshapen content.
 * @throws {@link PolicyTableHashError} when the content is not what was solved.
 */
export function parsePolicyTable(json: unknown): PolicyTable {
  const root = fields('policyTable', typeof json === 'string' ? parseText(json) : json)
  if (root.version !== POLICY_TABLE_VERSION) throw new PolicyTableVersionError(root.version)
  keys('policyTable', root, [
    'version',
    'tolerance',
    'world',
    'filter',
    'axes',
    'bands',
    'values',
    'hash',
  ])
  checkRecord('tolerance', root.tolerance, ['trackingAversion', 'lossWeight'], ['name'])
  checkRecord('filter', root.filter, ['halfLifeHours', 'midpoint', 'steepness'])
  checkWorld(root.world)
  const axes = fields('axes', root.axes)
  keys('axes', axes, AXES)
  const lengths = AXES.map((name) => axisLength(`axes.${name}`, axes[name], name))
  const cells = lengths.slice(0, -1).reduce((a, b) => a * b, 1)
  checkNumbers('bands', root.bands, 4 * cells, 2 / BAND_UNIT)
  checkNumbers('values', root.values, (lengths.at(-1) ?? 0) * cells, Infinity)
  const table = root as unknown as PolicyTable // every field was checked above
  const computed = hashPolicyTable(table)
  if (table.hash !== computed)
    throw new PolicyTableHashError({ found: String(table.hash), computed })
  return table
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InvalidInputError({
      field: 'policyTable',
      found: `${text.slice(0, 40)}…`,
      allowed: 'JSON',
      cause,
    })
  }
}

function fields(name: string, input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInputError({ field: name, found: input, allowed: 'an object' })
  return Object.fromEntries(Object.entries(input))
}

function keys(
  name: string,
  input: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): void {
  for (const key of Object.keys(input))
    if (!allowed.includes(key))
      throw new InvalidInputError({
        field: `${name} key`,
        found: key,
        allowed: allowed.join(', '),
      })
  for (const key of allowed)
    if (!(key in input))
      throw new InvalidInputError({
        field: `${name}.${key}`,
        found: 'nothing',
        allowed: 'a value: the file is incomplete',
      })
}

function checkRecord(
  name: string,
  input: unknown,
  numbers: readonly string[],
  texts: readonly string[] = [],
): void {
  const record = fields(name, input)
  keys(name, record, [...texts, ...numbers])
  for (const key of numbers)
    if (typeof record[key] !== 'number' || !Number.isFinite(record[key]))
      throw new InvalidInputError({
        field: `${name}.${key}`,
        found: record[key],
        allowed: 'a number',
      })
  for (const key of texts)
    if (typeof record[key] !== 'string')
      throw new InvalidInputError({
        field: `${name}.${key}`,
        found: record[key],
        allowed: 'a text',
      })
}

function checkWorld(input: unknown): void {
  const { regimes, penalty, ...rest } = fields('world', input)
  checkRecord('world', rest, ['impactCoefficient', 'partialUpTo', 'closeFactor', 'fullCloseHealth'])
  checkRecord('world.penalty', penalty, ['cap', 'slope', 'fees'])
  if (!Array.isArray(regimes) || regimes.length === 0)
    throw new InvalidInputError({
      field: 'world.regimes',
      found: regimes,
      allowed: 'a list of regimes, the calmest first',
    })
  for (const [index, regime] of regimes.entries())
    checkRecord(`world.regimes[${index}]`, regime, REGIME_NUMBERS, ['name'])
}

function axisLength(field: string, input: unknown, name: string): number {
  const rises = (value: unknown, index: number, all: readonly unknown[]) =>
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (index === 0 || value > Number(all[index - 1]))
  if (!Array.isArray(input) || input.length === 0 || !input.every(rises))
    throw new InvalidInputError({ field, found: input, allowed: 'numbers that rise' })
  const [first, last] = [Number(input[0]), Number(input.at(-1))]
  const ok =
    (!POSITIVE.includes(name) || first > 0) && (name !== 'liquidationThreshold' || last < 1)
  if (!ok) throw new InvalidInputError({ field, found: input, allowed: 'numbers within its range' })
  return input.length
}

function checkNumbers(field: string, input: unknown, length: number, most: number): void {
  if (!Array.isArray(input) || input.length !== length)
    throw new InvalidInputError({
      field,
      found: Array.isArray(input) ? `${input.length} numbers` : input,
      allowed: `${length} numbers, as the axes say`,
    })
  const wrong = input.findIndex(
    (each) => typeof each !== 'number' || !Number.isFinite(each) || each < 0 || each > most,
  )
  if (wrong >= 0)
    throw new InvalidInputError({
      field: `${field}[${wrong}]`,
      found: input[wrong],
      allowed: `a number from 0 to ${most}`,
    })
}
