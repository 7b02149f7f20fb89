select {{ exceptions.raise_compiler_error('no orders today') }}
