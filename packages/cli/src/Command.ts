import { parseArgs } from 'node:util'
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
    ...columns(
      Object.entries(p.flags).map(([name, flag]) => [
        `--${name}${flag.value ? ` ${flag.value}` : ''}`,
        flag.help,
      ]),
    ),
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
  const names = Object.keys(flags)
  let found: ReturnType<typeof parseArgs>['values']
  try {
    found = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: Object.fromEntries(
        names.map((name) => [name, { type: flags[name]?.value ? 'string' : 'boolean' } as const]),
      ),
    }).values
  } catch (cause) {
    const flag = argv.find(
      (arg) => !names.some((name) => arg === `--${name}` || arg.startsWith(`--${name}=`)),
    )
    throw new InvalidInputError({
      field: `argument of plimsoll ${command}`,
      found: flag ?? argv.join(' '),
      allowed: `${names
        .map((name) => `--${name}${flags[name]?.value ? ` ${flags[name].value}` : ''}`)
        .join(', ')}; see plimsoll ${command} --help`,
      cause,
    })
  }
  const values = Object.entries(flags).map(([name, flag]) => {
    const given = found[name]
    if (given === undefined) return [name, flag.fallback]
    try {
      return [name, flag.parse(String(given))]
    } catch (cause) {
      if (!(cause instanceof InvalidInputError)) throw cause
      throw new InvalidInputError({
        field: `--${name}`,
        found: String(given),
        allowed: cause.allowed,
        cause,
      })
    }
  })
  return Object.fromEntries(values) as Values<F>
}
