import { InvalidInputError } from '@plimsoll/domain'
import { describe, expect, test } from 'vitest'
import { choice, createCommand, integer, text, toggle } from './Command.ts'

type Values = { size: number; kind: string; file: string | null; loud: boolean }

/** What a command is run with. */
async function parse(...argv: readonly string[]): Promise<Values> {
  let seen: Values | null = null
  const command = createCommand({
    name: 'sail',
    summary: 'Sails.',
    examples: [['plimsoll sail', 'away']],
    flags: {
      size: integer({ min: 1, max: 9 }, 3, 'how large'),
      kind: choice(['sloop', 'ketch'], 'sloop', 'which'),
      file: text('FILE', 'where'),
      loud: toggle('aloud'),
    },
    run: async (values) => {
      seen = values
    },
  })
  await command.run(argv)
  expect(seen).not.toBe(null)
  return seen as unknown as Values
}

const refusal = async (...argv: readonly string[]): Promise<string> =>
  parse(...argv).then(
    (values) => `ran with ${JSON.stringify(values)}`,
    (error) => (error instanceof InvalidInputError ? error.message : `threw ${error}`),
  )

describe('flags', () => {
  test('default: every flag has its fallback', async () => {
    expect(await parse()).toEqual({ size: 3, kind: 'sloop', file: null, loud: false })
  })

  test('behavior: a value follows its flag or an equals sign, and the last one counts', async () => {
    const all = await parse('--size', '4', '--kind=ketch', '--loud', '--file', '-', '--size=5')
    expect(all).toEqual({ size: 5, kind: 'ketch', file: '-', loud: true })
    expect((await parse('--file', 'a=b')).file).toBe('a=b')
    expect((await parse('--file=a=b')).file).toBe('a=b')
  })

  test.each([
    [['--siez', '3'], 'argument of plimsoll sail is "--siez"'],
    [['north'], 'argument of plimsoll sail is "north"'],
    [['--loud', 'north'], 'argument of plimsoll sail is "north"'],
    [['-l'], 'argument of plimsoll sail is "-l"'],
    [['--'], 'argument of plimsoll sail is "--"'],
    [['--toString'], 'argument of plimsoll sail is "--toString"'],
    [['--size', '0'], '--size is "0"; allowed: a whole number from 1 to 9.'],
    [['--size', '-1'], '--size is "-1"; allowed: a whole number from 1 to 9.'],
    [['--size', '1e0'], '--size is "1e0"; allowed: a whole number from 1 to 9.'],
    [['--size'], '--size is ""; allowed: a whole number from 1 to 9.'],
    [['--size', '--loud'], '--size is ""; allowed: a whole number from 1 to 9.'],
    [['--kind', 'barge'], '--kind is "barge"; allowed: sloop, ketch.'],
    [['--file', ''], '--file is ""; allowed: a file.'],
    [['--loud=yes'], '--loud is "yes"; allowed: no value.'],
  ] as const)(
    'error: InvalidInputError for %j names the flag, what was found and what is allowed',
    async (argv, words) => {
      expect(await refusal(...argv)).toContain(words)
    },
  )
})
