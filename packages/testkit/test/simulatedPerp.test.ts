import { createSimulatedPerpHarness, perpVenueSuite } from '../src/index.ts'

perpVenueSuite({ name: 'simulated', create: async () => createSimulatedPerpHarness() })
