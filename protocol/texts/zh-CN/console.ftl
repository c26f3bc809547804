fault-unexpected = 意外错误：{ $what }
