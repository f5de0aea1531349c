import { createSimulatedDelayedPerpHarness, perpVenueSuite } from '../src/index.ts'

perpVenueSuite({
  name: 'simulated, filled later',
  create: async () => createSimulatedDelayedPerpHarness(),
})
