"""The example that `preflight demo` plays with: invented companies, planted faults."""
