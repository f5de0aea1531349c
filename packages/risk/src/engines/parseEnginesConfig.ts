import { section } from '../section.ts'
import { ASSET_CLASSES, type EngineChoice, type EnginesConfig } from './EnginesConfig.ts'

/**
 * Checks which engine plans for which class, from a file or a caller.
 *
 * @param names - Engines that there are.
 * @throws InvalidInputError on an unknown key, class, engine or tolerance.
 */
export function parseEnginesConfig(input: unknown, names: readonly string[]): EnginesConfig {
  const root = section('engines', input, ['classes', 'otherwise', 'engines'])
  const classes = root.section('classes', 'any')
  const engines = root.section('engines', ASSET_CLASSES)
  const choiceOf = (name: (typeof ASSET_CLASSES)[number]): EngineChoice => {
    const choice = engines.section(name, ['engine', 'tolerance', 'numbers'])
    const numbers = choice.has('numbers') ? choice.section('numbers', 'any') : null
    return {
      engine: choice.oneOf('engine', names),
      tolerance: choice.oneOf('tolerance', ['conservative', 'balanced', 'aggressive']),
      ...(numbers === null ? {} : { numbers: numbers.values() }),
    }
  }
  return {
    classes: Object.fromEntries(
      classes.keys().map((asset) => [asset, classes.oneOf(asset, ASSET_CLASSES)]),
    ),
    otherwise: root.oneOf('otherwise', ASSET_CLASSES),
    engines: {
      stable: choiceOf('stable'),
      staked: choiceOf('staked'),
      major: choiceOf('major'),
      alt: choiceOf('alt'),
    },
  }
}
