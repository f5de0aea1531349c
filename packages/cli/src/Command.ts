import { InvalidInputError } from '@plimsoll/domain'

/** A flag of a command, read from text and checked before anything starts. */
export type Flag<T> = {
  readonly help: string
  /** Shown in the help beside the flag; absent for switches. */
  readonly value?: string
  readonly fallback: T
  parse(text: string): T
}

export type Flags = Readonly<Record<string, Flag<unknown>>>
type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

/** A subcommand of `plimsoll`. */
export type Command = {
  readonly name: string
  readonly summary: string
  readonly help: string
  run(argv: readonly string[]): Promise<void>
}

/** Creates a subcommand whose flags are parsed and checked: an unknown flag or a wrong value is one clear line. */
export function createCommand<F extends Flags>(p: {
  readonly name: string
  readonly summary: string
  readonly examples: readonly (readonly [command: string, what: string])[]
  readonly flags: F
  readonly run: (values: Values<F>) => Promise<void>
}): Command {
  const help = [
    `${p.summary}\n`,
    `Usage: plimsoll ${p.name} [flags]\n`,
    'Flags:',
    ...columns(Object.entries(p.flags).map(([name, flag]) => [show([name, flag]), flag.help])),
    '\nExamples:',
    ...columns(p.examples.map(([command, what]) => [command, what])),
  ].join('\n')

  return {
    name: p.name,
    summary: p.summary,
    help,
    async run(argv) {
      const values = parseFlags(p.name, p.flags, argv)
      await p.run(values)
    },
  }
}

/** A flag with a value out of a list. */
export const choice = <const T extends string>(
  allowed: readonly T[],
  fallback: T,
  help: string,
): Flag<T> => ({
  help: `${help} (${allowed.join(' | ')}; default ${fallback})`,
  value: 'NAME',
  fallback,
  parse(text) {
    const found = allowed.find((name) => name === text)
    if (found === undefined)
      throw new InvalidInputError({ field: 'value', found: text, allowed: allowed.join(', ') })
    return found
  },
})

/** A flag with a list out of a list, in its order; all unless given. */
export const names = <const T extends string>(
  allowed: readonly T[],
  help: string,
): Flag<readonly T[]> => ({
  help: `${help} (of ${allowed.join(',')}; default all)`,
  value: 'NAMES',
  fallback: allowed,
  parse(text) {
    const found = new Set(text.split(',').map((name) => name.trim()))
    const chosen = allowed.filter((name) => found.delete(name))
    const [unknown] = found
    if (unknown !== undefined || chosen.length === 0)
      throw new InvalidInputError({
        field: 'value',
        found: text,
        allowed: `one or more of ${allowed.join(',')}`,
      })
    return chosen
  },
})

/** A flag with a whole number in a range. */
export const integer = <T extends number | null>(
  range: { readonly min: number; readonly max: number },
  fallback: T,
  help: string,
): Flag<number | T> => ({
  help: `${help}${fallback === null ? '' : ` (default ${fallback})`}`,
  value: 'N',
  fallback,
  parse(text) {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < range.min || value > range.max)
      throw new InvalidInputError({
        field: 'value',
        found: text,
        allowed: `a whole number from ${range.min} to ${range.max}`,
      })
    return value
  },
})

/** A flag with a number between two others. */
export const number = (
  range: { readonly above: number; readonly below: number },
  fallback: number,
  help: string,
): Flag<number> => ({
  help: `${help} (default ${fallback})`,
  value: 'X',
  fallback,
  parse(found) {
    const value = Number(found)
    if (found.trim() === '' || !(value > range.above && value < range.below))
      throw new InvalidInputError({
        field: 'value',
        found,
        allowed: `a number above ${range.above} and below ${range.below}`,
      })
    return value
  },
})

/** A flag with free text. */
export const text = (value: string, help: string): Flag<string | null> => ({
  help,
  value,
  fallback: null,
  parse: (found) => {
    if (found.trim() === '')
      throw new InvalidInputError({ field: 'value', found, allowed: `a ${value.toLowerCase()}` })
    return found
  },
})

/** A flag without a value. */
export const toggle = (help: string): Flag<boolean> => ({
  help,
  fallback: false,
  parse: () => true,
})

/** Two aligned columns, indented. */
export function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function parseFlags<F extends Flags>(
  command: string,
  flags: F,
  argv: readonly string[],
): Values<F> {
  const given = readFlags(command, flags, argv)
  const values = Object.entries(flags).map(([name, flag]) => {
    const found = given.get(name)
    if (found === undefined) return [name, flag.fallback]
    try {
      return [name, flag.parse(found)]
    } catch (cause) {
      if (!(cause instanceof InvalidInputError)) throw cause
      throw new InvalidInputError({ field: `--${name}`, found, allowed: cause.allowed, cause })
    }
  })
  return Object.fromEntries(values) as Values<F>
}

/** Text of each flag that was given: `--name value` or `--name=value`, the last one counts. A missing value is empty. */
function readFlags(
  command: string,
  flags: Flags,
  argv: readonly string[],
): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  const left = [...argv]
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined)
      throw new InvalidInputError({
        field: `argument of plimsoll ${command}`,
        found: arg,
        allowed: `${Object.entries(flags).map(show).join(', ')}; see plimsoll ${command} --help`,
      })
    if (flag.value === undefined && inline !== undefined)
      throw new InvalidInputError({ field: `--${name}`, found: inline, allowed: 'no value' })
    const follows = flag.value !== undefined && inline === undefined && !left[0]?.startsWith('--')
    given.set(name, inline ?? (follows ? left.shift() : undefined) ?? '')
  }
  return given
}

const show = ([name, { value }]: readonly [string, Flag<unknown>]): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`
