"""Every figure of the sample as it was before the engine was rebuilt: what later engines are held to."""
