import {
  type DomainId,
  type Frame,
  InvalidInputError,
  type MarginDomain,
  type Plan,
  type RebalanceEngine,
} from '@plimsoll/domain'
import type { Assessment } from '../Assessment.ts'
import { createStaticThreshold } from '../createStaticThreshold.ts'
import { createDynamicProgramming } from '../planner/createDynamicProgramming.ts'
import { DYNAMIC_PROGRAMMING } from '../planner/DynamicProgrammingConfig.ts'
import type { Preview } from '../planner/weighAction.ts'
import { policyTable } from '../policy/readyTable.ts'
import { projectFrame } from '../projectFrame.ts'
import type { Routes } from '../Routes.ts'
import { STATIC_THRESHOLD } from '../StaticThresholdConfig.ts'
import {
  ASSET_CLASSES,
  type AssetClass,
  type EngineChoice,
  type EnginesConfig,
} from './EnginesConfig.ts'
import { parseEnginesConfig } from './parseEnginesConfig.ts'

type Engine = RebalanceEngine<Assessment>

/** What an engine is made from: its preset, what differs from it, and what can be done. */
export type EngineMaking = Omit<EngineChoice, 'engine'> & {
  readonly routes: Routes
  readonly preview: Preview | null
}

/** Makes an engine for one class of domains. */
export type EngineFactory = (p: EngineMaking) => Engine

/** Engines that come with the room. */
const OURS: Readonly<Record<string, EngineFactory>> = {
  'dynamic-programming': ({ tolerance, numbers, routes, preview }) =>
    createDynamicProgramming({
      config: { ...DYNAMIC_PROGRAMMING[tolerance], ...numbers },
      table: policyTable(tolerance),
      routes,
      preview,
    }),
  'static-threshold': ({ tolerance, numbers, routes }) =>
    createStaticThreshold({ config: { ...STATIC_THRESHOLD[tolerance], ...numbers }, routes }),
}

/**
 * Creates one engine out of several, each planning for its own class of margin domains.
 *
 * They plan one after the other, the class of the weakest domain first, each on the frame as the plans before it would
 * leave it: no reserve is spent twice and no donor gives twice.
 *
 * @param p.own - Engines of one's own, by the name they have in the configuration.
 * @throws InvalidInputError when the configuration names what does not exist, or a number is out of range.
 */
export function createEngines(p: {
  readonly config: EnginesConfig
  readonly routes: Routes
  readonly preview?: Preview | null
  readonly own?: Readonly<Record<string, EngineFactory>>
}): Engine {
  const factories = new Map(Object.entries({ ...OURS, ...p.own }))
  const config = parseEnginesConfig(p.config, [...factories.keys()])
  const made = new Map<string, Engine>()
  const byClass = new Map<AssetClass, Engine>()
  for (const name of ASSET_CLASSES) {
    const { engine, ...choice } = config.engines[name]
    const key = JSON.stringify(config.engines[name])
    const factory = factories.get(engine)
    if (factory === undefined)
      throw new InvalidInputError({
        field: `engines.${name}`,
        found: engine,
        allowed: [...factories.keys()].join(', '),
      })
    const ready =
      made.get(key) ?? factory({ ...choice, routes: p.routes, preview: p.preview ?? null })
    made.set(key, ready)
    byClass.set(name, ready)
  }
  const engineOf = (domain: MarginDomain): Engine | undefined =>
    byClass.get(classOf(domain, config))

  return {
    name: [...new Set([...made.values()].map(({ name }) => name))].join('+'),
    plan(frame, assessment): Plan {
      const shares = new Map<Engine, DomainId[]>()
      const weakestFirst = frame.portfolio.domains.toSorted(
        (a, b) => healthOf(assessment, a.id) - healthOf(assessment, b.id),
      )
      for (const domain of weakestFirst) {
        const engine = engineOf(domain)
        if (engine !== undefined) shares.set(engine, [...(shares.get(engine) ?? []), domain.id])
      }
      const [only, ...others] = [...shares]
      if (only === undefined || others.length === 0)
        return (only?.[0] ?? [...made.values()][0] ?? unreachable()).plan(frame, assessment)
      let now: Frame = frame
      const plans: Plan[] = []
      for (const [engine, ids] of shares) {
        const plan = engine.plan(now, restrict(assessment, ids))
        plans.push(plan)
        now = projectFrame(now, plan.actions)
      }
      return {
        engine: plans.map(({ engine }) => engine).join('+'),
        actions: plans.flatMap(({ actions }) => actions),
        why: plans.map(({ why }) => why).join(' '),
        considered: plans.flatMap(({ considered }) => considered ?? []),
      }
    },
  }
}

/** Class of a domain: that of the wildest asset its health depends on. */
export function classOf(
  domain: MarginDomain,
  config: Pick<EnginesConfig, 'classes' | 'otherwise'>,
): AssetClass {
  let wildest = 0
  const { backing, requirement } = domain.linear
  for (const asset of domain.assets) {
    if (!backing.perToken.get(asset) && !requirement.perToken.get(asset)) continue
    wildest = Math.max(wildest, ASSET_CLASSES.indexOf(config.classes[asset] ?? config.otherwise))
  }
  return ASSET_CLASSES[wildest] ?? config.otherwise
}

const healthOf = ({ domains }: Assessment, id: DomainId): number =>
  domains.find(({ domain }) => domain === id)?.healthFactor ?? Number.POSITIVE_INFINITY

/** What one engine sees of an assessment: its own domains. */
function restrict(assessment: Assessment, ids: readonly DomainId[]): Assessment {
  const domains = assessment.domains.filter(({ domain }) => ids.includes(domain))
  const levered = domains.filter(({ health }) => health.type !== 'unlevered')
  const weakest = levered.toSorted((a, b) => a.healthFactor - b.healthFactor)[0]
  return { ...assessment, domains, weakest: weakest?.domain ?? null }
}

function unreachable(): never {
  throw new InvalidInputError({ field: 'engines', found: 'none', allowed: 'at least one engine' })
}
