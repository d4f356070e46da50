"""Starting and stopping the product: set-up, the build of the pages, the supervisor."""
