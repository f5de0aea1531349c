import { basename } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import type { Flag } from '../Command.ts'

/** A file of bars and the asset it is of. */
export type BarFile = { readonly asset: string; readonly file: string }

/** Asset by a file's name: `SOLUSDT_5m.csv.gz` and `sol.csv` are SOL. */
export function assetOf(file: string): string {
  const [stem = ''] = basename(file).split('.')
  const [word = ''] = stem.split(/[_\-\s]/)
  const asset = word.toUpperCase().replace(/(?<=.)(USDT|USDC|USD|BUSD)$/, '')
  return asset === '' ? 'ASSET' : asset
}

/** A flag with files of bars: `FILE` or `ASSET=FILE`, several with commas. */
export const barFiles = (help: string): Flag<readonly BarFile[] | null> => ({
  help,
  value: 'ASSET=FILE,…',
  fallback: null,
  parse(text) {
    const files = text.split(',').map((item) => {
      const [, asset, file] = /^([A-Za-z0-9]+)=(.+)$/.exec(item.trim()) ?? []
      return asset === undefined || file === undefined
        ? { asset: assetOf(item.trim()), file: item.trim() }
        : { asset: asset.toUpperCase(), file }
    })
    const assets = new Set(files.map(({ asset }) => asset))
    if (files.some(({ file }) => file === '') || assets.size < files.length)
      throw new InvalidInputError({
        field: 'value',
        found: text,
        allowed: 'files of bars, each of another asset: BTC=btc.csv,ETH=eth.csv.gz',
      })
    return files
  },
})

/** A flag with a date or time in UTC. [s] */
export const date = (help: string): Flag<number | null> => ({
  help,
  value: 'DATE',
  fallback: null,
  parse(text) {
    const iso = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(text)
    const ms = Date.parse(/T/.test(text) && !text.endsWith('Z') ? `${text}Z` : text)
    if (!iso || Number.isNaN(ms))
      throw new InvalidInputError({
        field: 'value',
        found: text,
        allowed: 'a date or time in UTC: 2024-06-01 or 2024-06-01T12:00Z',
      })
    return ms / 1000
  },
})

/** A flag with a list of words. */
export const list = (value: string, help: string): Flag<readonly string[]> => ({
  help,
  value,
  fallback: [],
  parse: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
})

/** A flag that must be given; commands check it with {@link required}. */
export function required<T>(name: string, value: T | null, allowed: string): T {
  if (value === null) throw new InvalidInputError({ field: `--${name}`, found: 'missing', allowed })
  return value
}
