import { InvalidInputError, type VolatilityModel } from '@plimsoll/domain'
import { createEwma } from './createEwma.ts'

const FIELDS = ['name', 'version', 'description', 'halfLifeMs', 'minPoints', 'horizonsMs']

/**
 * Loads an EWMA model from its manifest.
 *
 * @throws {@link InvalidInputError} when a field is missing, misspelt or out of range.
 */
export function loadEwma(manifest: unknown): VolatilityModel {
  if (typeof manifest !== 'object' || manifest === null)
    throw new InvalidInputError({ field: 'manifest', found: manifest, allowed: 'an object' })
  const fields = new Map<string, unknown>(Object.entries(manifest))
  for (const key of fields.keys())
    if (!FIELDS.includes(key))
      throw new InvalidInputError({
        field: 'manifest field',
        found: key,
        allowed: FIELDS.join(', '),
      })
  if (fields.get('name') !== 'ewma')
    throw new InvalidInputError({
      field: 'manifest.name',
      found: fields.get('name'),
      allowed: '"ewma"',
    })
  const version = fields.get('version')
  if (typeof version !== 'string' || version === '')
    throw new InvalidInputError({
      field: 'manifest.version',
      found: version,
      allowed: 'a non-empty string',
    })
  const horizonsMs: unknown = fields.get('horizonsMs')
  if (!Array.isArray(horizonsMs))
    throw new InvalidInputError({
      field: 'manifest.horizonsMs',
      found: horizonsMs,
      allowed: 'a list of milliseconds',
    })
  return createEwma({
    version,
    halfLifeMs: number('manifest.halfLifeMs', fields.get('halfLifeMs')),
    minPoints: number('manifest.minPoints', fields.get('minPoints')),
    horizonsMs: horizonsMs.map((ms: unknown) => number('manifest.horizonsMs', ms)),
  })
}

function number(field: string, found: unknown): number {
  if (typeof found !== 'number') throw new InvalidInputError({ field, found, allowed: 'a number' })
  return found
}
