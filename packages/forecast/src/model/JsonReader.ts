import { ModelContractError } from '../errors.ts'

/** Reads one JSON value with its place, so that an error names the field. */
export type JsonReader = {
  /** Fields of an object; a key that is not asked for is an error. */
  object<K extends string>(...keys: readonly K[]): Readonly<Record<K, JsonReader>>
  isList(): boolean
  list(): readonly JsonReader[]
  numbers(): readonly number[]
  number(): number
  text(): string
  flag(): boolean
  /** Null where the value is null, else what `read` makes of it. */
  nullable<T>(read: (value: JsonReader) => T): T | null
  fail(allowed: string): never
}

/**
 * Creates a reader of a parsed JSON value of a model's folder.
 *
 * Every reading throws {@link ModelContractError} that says which field, what was found and what is allowed.
 */
export function createJsonReader(model: string, path: string, value: unknown): JsonReader {
  const fail = (allowed: string): never => {
    const found = value === undefined ? 'missing' : (JSON.stringify(value) ?? 'nothing')
    throw new ModelContractError({ model, what: path, found: found.slice(0, 120), allowed })
  }
  const list = (): readonly JsonReader[] =>
    Array.isArray(value)
      ? value.map((item: unknown, i) => createJsonReader(model, `${path}[${i}]`, item))
      : fail('a list')
  const number = (): number =>
    typeof value === 'number' && Number.isFinite(value) ? value : fail('a finite number')
  return {
    fail,
    isList: () => Array.isArray(value),
    list,
    number,
    numbers: () => list().map((item) => item.number()),
    text: () => (typeof value === 'string' && value !== '' ? value : fail('a non-empty string')),
    flag: () => (typeof value === 'boolean' ? value : fail('true or false')),
    nullable: (read) => (value === null ? null : read(createJsonReader(model, path, value))),
    object<K extends string>(...keys: readonly K[]) {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return fail(`an object with ${keys.join(', ')}`)
      const fields = new Map<string, unknown>(Object.entries(value))
      for (const key of fields.keys())
        if (!keys.some((known) => known === key))
          throw new ModelContractError({
            model,
            what: `field ${path}.${key}`,
            found: 'unknown',
            allowed: `${keys.join(', ')}; remove or rename it`,
          })
      const read = (key: K) => createJsonReader(model, `${path}.${key}`, fields.get(key))
      return Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, JsonReader>
    },
  }
}
