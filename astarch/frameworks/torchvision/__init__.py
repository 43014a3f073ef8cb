"""The compiled operations of torchvision; its Python source is read."""
