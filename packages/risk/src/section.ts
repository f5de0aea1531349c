import { InvalidInputError } from '@plimsoll/domain'

/** One object of the configuration, read key by key. */
export type Section = {
  has(key: string): boolean
  isNull(key: string): boolean
  keys(): readonly string[]
  /** Everything as it was given. */
  values(): Readonly<Record<string, unknown>>
  boolean(key: string): boolean
  number(
    key: string,
    range: { readonly above?: number; readonly from?: number; readonly to?: number },
  ): number
  text(key: string): string
  oneOf<T extends string>(key: string, allowed: readonly T[]): T
  section(key: string, keys: readonly string[] | 'any'): Section
  /** One section for every object of a list; empty where the key is absent. */
  list(key: string, keys: readonly string[]): readonly Section[]
  /** One section for every key of a section whose keys are free. */
  sections(key: string, keys: readonly string[]): readonly (readonly [string, Section])[]
}

/** Opens an object of which every key must be known. @throws {@link InvalidInputError} on an unknown key. */
export function section(name: string, input: unknown, keys: readonly string[] | 'any'): Section {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInputError({ field: name, found: input, allowed: 'an object' })
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const key of fields.keys())
    if (keys !== 'any' && !keys.includes(key))
      throw new InvalidInputError({ field: `${name} key`, found: key, allowed: keys.join(', ') })
  return {
    has: (key) => fields.has(key),
    isNull: (key) => fields.get(key) === null,
    keys: () => [...fields.keys()],
    values: () => Object.fromEntries(fields),
    boolean(key) {
      const found = fields.get(key)
      if (typeof found !== 'boolean')
        throw new InvalidInputError({ field: `${name}.${key}`, found, allowed: 'true or false' })
      return found
    },
    number(key, { above, from, to }) {
      const found = fields.get(key)
      const fits =
        typeof found === 'number' &&
        Number.isFinite(found) &&
        (above === undefined || found > above) &&
        (from === undefined || found >= from) &&
        (to === undefined || found <= to)
      if (!fits) {
        const range = [
          above === undefined ? '' : `above ${above}`,
          from === undefined ? '' : `at least ${from}`,
          to === undefined ? '' : `at most ${to}`,
        ].filter((part) => part !== '')
        throw new InvalidInputError({
          field: `${name}.${key}`,
          found,
          allowed: `a number ${range.join(', ')}`,
        })
      }
      return found
    },
    text(key) {
      const found = fields.get(key)
      if (typeof found !== 'string' || found === '')
        throw new InvalidInputError({ field: `${name}.${key}`, found, allowed: 'a non-empty text' })
      return found
    },
    oneOf(key, allowed) {
      const found = allowed.find((value) => value === fields.get(key))
      if (found === undefined)
        throw new InvalidInputError({
          field: `${name}.${key}`,
          found: fields.get(key),
          allowed: allowed.join(' or '),
        })
      return found
    },
    section: (key, inner) => section(`${name}.${key}`, fields.get(key), inner),
    list(key, inner) {
      const found = fields.get(key) ?? []
      if (!Array.isArray(found))
        throw new InvalidInputError({
          field: `${name}.${key}`,
          found,
          allowed: 'a list of objects',
        })
      return found.map((each: unknown, i) => section(`${name}.${key}[${i}]`, each, inner))
    },
    sections(key, inner) {
      const found = fields.get(key)
      if (typeof found !== 'object' || found === null || Array.isArray(found))
        throw new InvalidInputError({ field: `${name}.${key}`, found, allowed: 'an object' })
      return Object.entries(found).map(([id, each]) => [
        id,
        section(`${name}.${key}.${id}`, each, inner),
      ])
    },
  }
}
