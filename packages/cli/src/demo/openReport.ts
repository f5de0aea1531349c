import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'

/**
 * Makes sure that a report can be written, before a demo is played for it.
 *
 * @returns Its full path.
 * @throws {@link InvalidInputError} when it cannot.
 */
export async function openReport(path: string): Promise<string> {
  const file = resolve(path)
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(file, 'a')
    await handle.close()
    return file
  } catch (cause) {
    throw new InvalidInputError({
      field: '--report',
      found: path,
      allowed: 'a file in a folder that can be written',
      cause,
    })
  }
}
